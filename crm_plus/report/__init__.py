from . import customer_timeline, customer_timeline_documents
from .customer_timeline import COST_GROUPS
from .timeline_source import TimelineSource
