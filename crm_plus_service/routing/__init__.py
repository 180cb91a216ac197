"""Who should take a case: plain functions over what is known of the agents, without the ORM."""

from .strategy import STRATEGIES, Agent, Decision, Work, choose

__all__ = ['STRATEGIES', 'Agent', 'Decision', 'Work', 'choose']
