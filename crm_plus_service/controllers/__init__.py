from . import nps, portal
