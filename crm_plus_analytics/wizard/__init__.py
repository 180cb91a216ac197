from . import customer_score_launch
