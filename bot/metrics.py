"""What an operator can watch. Numbers and kinds only: nothing anybody submitted, and no names."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
ANSWERED = Histogram(
    "soundings_answer_seconds",
    "Time to answer something a person did, by listener.",
    ["listener"],
    registry=REGISTRY,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)
DELIVERED = Counter(
    "soundings_delivered_total", "Messages by what became of them.", ["kind", "result"], registry=REGISTRY
)
OUTBOX = Gauge("soundings_outbox_rows", "Messages in the outbox, by state.", ["state"], registry=REGISTRY)
TICKED = Gauge("soundings_tick_timestamp_seconds", "When each job last ran to its end.", ["job"], registry=REGISTRY)
FAILED_ITEMS = Counter(
    "soundings_failed_items_total", "Timed items that failed and will be tried again.", ["job"], registry=REGISTRY
)
AUDITED = Gauge(
    "soundings_escalations_audited_timestamp_seconds",
    "When every escalation that waits for an answer was last found to have a next step.",
    registry=REGISTRY,
)
BROKEN = Counter("soundings_broken_total", "Answers that failed on our side.", registry=REGISTRY)
