"""Grades of suppliers, by a policy that is data. GRADES.md tells the whole of it to people."""

from services.reputation.domain.grading.deciding import Change, Evidence, GradeState, Told, Verdict, applied, decide
from services.reputation.domain.grading.deliveries import Delivery, Marks, evidence_of, is_bad
from services.reputation.domain.grading.policy import DEFAULT, BadLimit, Bar, Grade, GradePolicy, policy_of
from services.reputation.domain.grading.words import Reason, reason, sentence

__all__ = [
    "DEFAULT",
    "BadLimit",
    "Bar",
    "Change",
    "Delivery",
    "Evidence",
    "Grade",
    "GradePolicy",
    "GradeState",
    "Marks",
    "Reason",
    "Told",
    "Verdict",
    "applied",
    "decide",
    "evidence_of",
    "is_bad",
    "policy_of",
    "reason",
    "sentence",
]
