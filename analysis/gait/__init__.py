"""Gait: cadence, contacts and what follows from them, from raw acceleration or from the watch's own numbers."""

from stridelab.analysis.gait.cadence import Cadence, cadence
from stridelab.analysis.gait.contacts import Contacts, contacts
from stridelab.analysis.gait.domain import ISSUES
from stridelab.analysis.gait.estimate import Estimate, contact_time_from_sacral_summary, estimate_contact_time

__all__ = [
    "ISSUES",
    "Cadence",
    "Contacts",
    "Estimate",
    "cadence",
    "contact_time_from_sacral_summary",
    "contacts",
    "estimate_contact_time",
]
