"""Charts: pure functions from tables to a plotly figure and the words that belong to it."""

from stridelab.dashboards.figures.activity import activity_chart
from stridelab.dashboards.figures.fitness import fitness_chart
from stridelab.dashboards.figures.gait import gait_chart
from stridelab.dashboards.figures.theme import Chart, RangeChoice
from stridelab.dashboards.figures.weekly import weekly_chart

__all__ = ["Chart", "RangeChoice", "activity_chart", "fitness_chart", "gait_chart", "weekly_chart"]
