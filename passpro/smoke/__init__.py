"""`make smoke`: the whole journey through HTTP, as four people, with every cent checked."""
