"""What is to be reached, and what does it take: goals, their pace, plans back from a revenue, and who does what."""

from salesproc.goals.attainment import GoalProgress, Pace, goal_progress
from salesproc.goals.goal import Goal
from salesproc.goals.plan import Plan, PlanLevel, PlanStep, TeamCheck
from salesproc.goals.plan_back import TeamReach, plan_back, plan_forward
from salesproc.goals.roadmap import Roadmap, RoadmapRow, roadmap
from salesproc.goals.role_split import RoleSplit, RoleSplitPolicy, TaskShare, role_split
from salesproc.goals.sensitivity import Sensitivity, SensitivityRow, Work, sensitivity
from salesproc.goals.smart import SmartCheck, SmartState, SmartVerdict, smart_check
from salesproc.goals.working_days import working_days

# fmt: off
__all__ = [
    # what is to be reached, and how far we are
    "goal_progress", "smart_check", "working_days",
    "Goal", "GoalProgress", "Pace", "SmartCheck", "SmartState", "SmartVerdict",
    # what it takes, and what matters most
    "plan_back", "plan_forward", "roadmap", "sensitivity",
    "Plan", "PlanLevel", "PlanStep", "Roadmap", "RoadmapRow", "Sensitivity", "SensitivityRow", "TeamCheck", "TeamReach",
    "Work",
    # who does what
    "role_split",
    "RoleSplit", "RoleSplitPolicy", "TaskShare",
]
# fmt: on
