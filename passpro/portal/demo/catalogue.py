"""What the demo's venues propose; days count from today, negative ones are past."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Show:
    """An event: dates as (day, hour, minute, places, booked), prices as (label, cents)."""

    title: str
    subcategory_id: str
    description: str
    dates: tuple[tuple[int, int, int, int | None, int], ...]
    prices: tuple[tuple[str, int], ...]
    extra: dict[str, str] = field(default_factory=dict)
    minutes: int = 90
    is_duo: bool = True
    end_state: str = "published"
    withdrawal: str = ""
    outside: bool = False  # at the place without SIRET


@dataclass(frozen=True, slots=True)
class Good:
    """A good: price in cents, copies, how many are booked."""

    title: str
    subcategory_id: str
    description: str
    cents: int
    copies: int | None
    booked: int
    extra: dict[str, str] = field(default_factory=dict)
    url: str = ""


THEATRE = (
    Show(
        "Le Lac des cygnes",
        "SPECTACLE_REPRESENTATION",
        "Le ballet de Tchaïkovski par la compagnie des Embruns : quatorze danseuses et danseurs, "
        "une scène inondée de lumière bleue, et la mer jamais loin.",
        ((-40, 20, 30, 60, 7), (-24, 20, 30, 60, 6), (9, 14, 30, 8, 8), (30, 20, 30, 60, 3)),
        (("Plein tarif", 22_00), ("Moins de 26 ans", 12_00)),
        {"showType": "300", "showSubType": "302", "stageDirector": "Maëlle Abgrall"},
        minutes=130,
        withdrawal="on_site",
    ),
    Show(
        "Carte blanche à Sœurs Lumière",
        "CONCERT",
        "Deux voix, un violoncelle, des machines. Le duo brestois joue son nouvel album en entier.",
        ((-33, 20, 30, 120, 9), (0, 23, 30, 120, 6), (1, 20, 30, 120, 8), (2, 20, 30, 120, 2)),
        (("Tarif unique", 15_00),),
        {"musicType": "1000", "musicSubType": "1002", "performer": "Sœurs Lumière"},
        minutes=95,
        withdrawal="by_email",
    ),
    Show(
        "Atelier gravure : l’encre et la mer",
        "ATELIER_PRATIQUE_ART",
        "Graver, encrer, tirer : chacun repart avec son estampe. Tabliers fournis, tous niveaux.",
        ((-18, 15, 0, 10, 5), (4, 15, 0, 10, 5), (18, 15, 0, 10, 1)),
        (("Atelier", 8_00),),
        {"speaker": "Yann Le Bris"},
        minutes=180,
        is_duo=False,
    ),
    Show(
        "Quartet Kervella – jazz au large",
        "CONCERT",
        "Un quartet de jazz au bord du quai : standards, compositions et quelques airs de marins.",
        ((-10, 21, 0, 90, 6), (11, 21, 0, 90, 4)),
        (("Plein tarif", 18_00), ("Réduit", 9_50)),
        {"musicType": "501", "musicSubType": "503", "performer": "Quartet Kervella"},
        withdrawal="no_ticket",
    ),
    Show(
        "Bal du kiosque",
        "CONCERT",
        "Valses, gavottes et rock d’orchestre : on danse sur le port dès la tombée du jour.",
        ((-6, 20, 30, 80, 3), (8, 20, 30, 80, 2)),
        (("Entrée", 6_00),),
        {"musicType": "820", "musicSubType": "829", "performer": "Les Amarres"},
        withdrawal="no_ticket",
        outside=True,
    ),
    Show(
        "Visite des coulisses",
        "VISITE_GUIDEE",
        "Des dessous de scène aux cintres, une heure avec l’équipe technique.",
        ((3, 10, 0, 12, 2), (10, 10, 0, 12, 0)),
        (("Gratuit", 0),),
        minutes=60,
    ),
    Show(
        "Rencontre : écrire pour la radio",
        "RENCONTRE",
        "Trois autrices racontent leur métier et répondent à toutes les questions.",
        ((14, 18, 0, 40, 0),),
        (("Entrée", 3_00),),
        {"speaker": "Collectif Ondes courtes"},
        end_state="paused",
    ),
    Show(
        "Festival des Grandes Marées – pass samedi",
        "FESTIVAL_MUSIQUE",
        "Huit groupes, deux scènes, un seul jour.",
        ((60, 16, 0, 200, 0),),
        (("Pass samedi", 28_00),),
        {"musicType": "800", "musicSubType": "801"},
        minutes=480,
        end_state="scheduled",
        withdrawal="by_email",
    ),
    Show(
        "Stage de mime : une semaine sur scène",
        "ATELIER_PRATIQUE_ART",
        "Cinq journées avec la compagnie, et une représentation le samedi soir.",
        ((25, 9, 30, 12, 0),),
        (("Semaine entière", 140_00),),
        {"speaker": "Maëlle Abgrall"},
        minutes=420,
        is_duo=False,
    ),
    Show(
        "Nuit du conte",
        "SPECTACLE_REPRESENTATION",
        "De 22 h à l’aube, des histoires de phares et de tempêtes.",
        ((45, 22, 0, 50, 0),),
        (("Nuit entière", 14_00),),
        {"showType": "1300", "showSubType": "1309"},
        minutes=420,
        end_state="draft",
        withdrawal="on_site",
    ),
)

BOOKSHOP = (
    Good(
        "Le Passeur de brume",
        "LIVRE_PAPIER",
        "Un roman d’apprentissage dans la rade de Brest, entre cargos et cahiers d’écolier.",
        21_90,
        12,
        4,
        {"author": "Nolwenn Prigent", "ean": "9782070000012"},
    ),
    Good(
        "Phares : carnet de dessins",
        "LIVRE_PAPIER",
        "Quarante phares dessinés sur le motif, avec l’histoire de leurs gardiens.",
        18_55,
        5,
        5,
        {"author": "Ewen Salaün", "ean": "9782070000029"},
    ),
    Good(
        "Embruns (album vinyle)",
        "SUPPORT_PHYSIQUE_MUSIQUE_VINYLE",
        "L’album de Sœurs Lumière, pressé à quatre cents exemplaires.",
        24_00,
        8,
        2,
        {"musicType": "1000", "musicSubType": "1002", "performer": "Sœurs Lumière"},
    ),
    Good(
        "Le Passeur de brume (livre numérique)",
        "LIVRE_NUMERIQUE",
        "Le même roman, à lire en ligne dès la réservation.",
        9_99,
        None,
        3,
        {"author": "Nolwenn Prigent"},
        url="https://lire.page29.example/livre?code={token}",
    ),
)
