from . import customer_score_backtest_launch, customer_score_launch
