"""Main activities of a venue shown to the public (portal.md §14.1), sorted as people look."""

ACTIVITIES: list[tuple[str, str]] = [
    ("VISUAL_ARTS", "Arts visuels, arts plastiques et galeries"),
    ("LIBRARY", "Bibliothèque ou médiathèque"),
    ("CULTURAL_CENTRE", "Centre culturel"),
    ("MOVIE", "Cinéma – salle de projections"),
    ("TRAVELING_CINEMA", "Cinéma itinérant"),
    ("ARTISTIC_COURSE", "Cours et pratique artistiques"),
    ("SCIENTIFIC_CULTURE", "Culture scientifique"),
    ("FESTIVAL", "Festival"),
    ("GAMES", "Jeux / jeux vidéo"),
    ("BOOKSTORE", "Librairie"),
    ("ADMINISTRATIVE", "Lieu administratif"),
    ("CREATIVE_ARTS_STORE", "Magasin d’arts créatifs"),
    ("DISTRIBUTION_STORE", "Magasin de distribution de produits culturels"),
    ("MUSEUM", "Musée"),
    ("RECORD_STORE", "Musique – disquaire"),
    ("MUSICAL_INSTRUMENT_STORE", "Musique – magasin d’instruments"),
    ("CONCERT_HALL", "Musique – salle de concerts"),
    ("PATRIMONY_TOURISM", "Patrimoine et tourisme"),
    ("PERFORMING_ARTS", "Spectacle vivant"),
    ("OTHER", "Autre"),
]
ACTIVITY_LABELS: dict[str, str] = dict(ACTIVITIES)

# §5.2: these are places one goes to all year round.
PERMANENT_ACTIVITIES = frozenset(
    {
        "BOOKSTORE",
        "CREATIVE_ARTS_STORE",
        "LIBRARY",
        "MOVIE",
        "MUSEUM",
        "MUSICAL_INSTRUMENT_STORE",
    }
)

# The drawing (static/img/posters) that stands for a venue without image.
ACTIVITY_POSTERS = {
    "ARTISTIC_COURSE": "atelier",
    "BOOKSTORE": "livre",
    "CONCERT_HALL": "concert",
    "CREATIVE_ARTS_STORE": "atelier",
    "GAMES": "jeu",
    "LIBRARY": "livre",
    "MOVIE": "cinema",
    "MUSEUM": "musee",
    "MUSICAL_INSTRUMENT_STORE": "concert",
    "PATRIMONY_TOURISM": "musee",
    "PERFORMING_ARTS": "theatre",
    "RECORD_STORE": "concert",
    "SCIENTIFIC_CULTURE": "atelier",
    "TRAVELING_CINEMA": "cinema",
    "VISUAL_ARTS": "musee",
}
