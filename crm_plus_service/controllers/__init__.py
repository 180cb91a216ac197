from . import nps, portal, web_form
