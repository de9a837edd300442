"""The demo: people, venues, offers in every state, two past fortnights; built by the services."""
