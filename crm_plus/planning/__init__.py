"""Working time as arithmetic: plain functions over seconds, without the ORM."""

from .working_time import Pause, WorkingTime, merge_pauses

__all__ = ['Pause', 'WorkingTime', 'merge_pauses']
