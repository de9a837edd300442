"""Who may do what with offers for schools; rows come from `visible_to`, these answer 403."""

from venues.permissions import may_use_portal

# Any person of a structure: the table of actions depends on the offer, not on the person.
may_work_with_schools = may_use_portal
