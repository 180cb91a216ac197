from . import customer_timeline
from .timeline_source import TimelineSource
