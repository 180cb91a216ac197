from . import customer_timeline
from .customer_timeline import COST_GROUPS
from .timeline_source import TimelineSource
