"""When to see a doctor: urgency rules as a decision table over counts, context, age and drugs.

`situation_of` gathers what is known, `advise` looks it up. Content is looked up, never computed
prose; nothing here ever says to stop a medicine.

>>> from leukon.context import Context
>>> from leukon.panel import Person
>>> ill = Context(temperature="39C", drugs=["carbimazole"])
>>> advise(situation_of(Person(age="40y"), ill)).urgency.slug
'emergency'
"""

from leukon.advice.answer import Advice, FiredRule, advise
from leukon.advice.clozapine import ClozapineAnswer, monitoring
from leukon.advice.content import AdviceContent, Question, Urgency, content, questions
from leukon.advice.drugs import DrugFound, find
from leukon.advice.situation import Counted, Situation, counted, situation_of

__all__ = [
    "Advice",
    "AdviceContent",
    "ClozapineAnswer",
    "Counted",
    "DrugFound",
    "FiredRule",
    "Question",
    "Situation",
    "Urgency",
    "advise",
    "content",
    "counted",
    "find",
    "monitoring",
    "questions",
    "situation_of",
]
