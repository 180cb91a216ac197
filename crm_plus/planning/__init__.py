"""Working time and goals as arithmetic: plain functions, without the ORM."""

from .goals import Standing, goal_standing, overall_progress, time_elapsed
from .working_time import Pause, WorkingTime, merge_pauses

__all__ = [
    'Pause', 'Standing', 'WorkingTime', 'goal_standing', 'merge_pauses', 'overall_progress',
    'time_elapsed',
]
