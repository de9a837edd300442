"""Towns of the sandbox: name, INSEE code, postal codes, latitude, longitude; their streets.

Real towns, so that postal codes and départements are right; the common streets are invented in
each of them, a few real names are added where the demo lives.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    code: str
    postal_codes: tuple[str, ...]
    latitude: float
    longitude: float
    streets: tuple[str, ...] = ()


COMMON_STREETS = (
    "Rue de la République",
    "Rue Victor Hugo",
    "Rue des Écoles",
    "Rue du Théâtre",
    "Avenue Jean Jaurès",
    "Avenue de la Gare",
    "Boulevard Gambetta",
    "Place de la Mairie",
    "Place du Marché",
    "Quai du Port",
    "Chemin des Jardins",
    "Impasse des Lilas",
)
_BREST = ("Rue de Siam", "Rue Jean Jaurès", "Rue du Château", "Place de la Liberté", "Cours Dajot")
_QUIMPER = ("Place au Beurre", "Rue Kéréon", "Place Saint-Corentin", "Rue du Chapeau Rouge")


def _towns() -> list[Town]:
    return [
        Town("Brest", "29019", ("29200",), 48.3904, -4.4861, _BREST),
        Town("Quimper", "29232", ("29000",), 47.9960, -4.1024, _QUIMPER),
        Town("Morlaix", "29151", ("29600",), 48.5776, -3.8283),
        Town("Landerneau", "29103", ("29800",), 48.4510, -4.2500),
        Town("Lorient", "56121", ("56100",), 47.7483, -3.3702),
        Town("Vannes", "56260", ("56000",), 47.6582, -2.7608),
        Town("Saint-Brieuc", "22278", ("22000",), 48.5140, -2.7650),
        Town("Rennes", "35238", ("35000", "35200", "35700"), 48.1173, -1.6778),
        Town("Nantes", "44109", ("44000", "44100", "44200", "44300"), 47.2184, -1.5536),
        Town("Angers", "49007", ("49000", "49100"), 47.4784, -0.5632),
        Town("Tours", "37261", ("37000", "37100", "37200"), 47.3941, 0.6848),
        Town("Orléans", "45234", ("45000", "45100"), 47.9029, 1.9093),
        Town("Caen", "14118", ("14000",), 49.1829, -0.3707),
        Town("Rouen", "76540", ("76000", "76100"), 49.4432, 1.0993),
        Town("Le Havre", "76351", ("76600", "76610", "76620"), 49.4944, 0.1079),
        Town("Amiens", "80021", ("80000", "80080", "80090"), 49.8941, 2.2958),
        Town("Lille", "59350", ("59000", "59800"), 50.6292, 3.0573),
        Town("Calais", "62193", ("62100",), 50.9513, 1.8587),
        Town("Reims", "51454", ("51100",), 49.2583, 4.0317),
        Town("Metz", "57463", ("57000", "57050", "57070"), 49.1193, 6.1757),
        Town("Nancy", "54395", ("54000", "54100"), 48.6921, 6.1844),
        Town("Strasbourg", "67482", ("67000", "67100", "67200"), 48.5734, 7.7521),
        Town("Mulhouse", "68224", ("68100", "68200"), 47.7508, 7.3359),
        Town("Besançon", "25056", ("25000",), 47.2378, 6.0241),
        Town("Dijon", "21231", ("21000",), 47.3220, 5.0415),
        Town("Bourges", "18033", ("18000",), 47.0810, 2.3988),
        Town("Limoges", "87085", ("87000", "87100"), 45.8336, 1.2611),
        Town("Poitiers", "86194", ("86000",), 46.5802, 0.3404),
        Town("La Rochelle", "17300", ("17000",), 46.1603, -1.1511),
        Town("Clermont-Ferrand", "63113", ("63000", "63100"), 45.7772, 3.0870),
        Town("Saint-Étienne", "42218", ("42000", "42100"), 45.4397, 4.3872),
        Town("Grenoble", "38185", ("38000", "38100"), 45.1885, 5.7245),
        Town("Avignon", "84007", ("84000",), 43.9493, 4.8055),
        Town("Toulon", "83137", ("83000", "83100", "83200"), 43.1242, 5.9280),
        Town("Nice", "06088", ("06000", "06100", "06200", "06300"), 43.7102, 7.2620),
        Town("Montpellier", "34172", ("34000", "34070", "34080", "34090"), 43.6108, 3.8767),
        Town("Perpignan", "66136", ("66000", "66100"), 42.6887, 2.8948),
        Town("Toulouse", "31555", ("31000", "31100", "31200", "31300"), 43.6047, 1.4442),
        Town("Pau", "64445", ("64000",), 43.2951, -0.3708),
        Town("Bordeaux", "33063", ("33000", "33100", "33200", "33300"), 44.8378, -0.5792),
        Town("Ajaccio", "2A004", ("20000", "20090", "20167"), 41.9192, 8.7386),
        Town("Bastia", "2B033", ("20200", "20600"), 42.6973, 9.4509),
        *(
            Town(f"Paris {n}e" if n > 1 else "Paris 1er", f"751{n:02}", (f"750{n:02}",), lat, lon)
            for n, lat, lon in ((1, 48.8625, 2.3364), (4, 48.8543, 2.3576), (10, 48.8760, 2.3600),
                                (11, 48.8590, 2.3790), (18, 48.8925, 2.3460), (19, 48.8870, 2.3850))
        ),
        *(
            Town(f"Lyon {n}e" if n > 1 else "Lyon 1er", f"6938{n}", (f"6900{n}",), lat, lon)
            for n, lat, lon in ((1, 45.7696, 4.8300), (2, 45.7530, 4.8290), (7, 45.7330, 4.8400))
        ),
        *(
            Town(f"Marseille {n}e" if n > 1 else "Marseille 1er", f"132{n:02}", (f"130{n:02}",),
                 lat, lon)
            for n, lat, lon in ((1, 43.2990, 5.3840), (2, 43.3060, 5.3680), (8, 43.2600, 5.3810))
        ),
        Town("Pointe-à-Pitre", "97120", ("97110",), 16.2412, -61.5343),
        Town("Fort-de-France", "97209", ("97200", "97234"), 14.6037, -61.0660),
        Town("Cayenne", "97302", ("97300",), 4.9378, -52.3350),
        Town("Saint-Denis", "97411", ("97400", "97490"), -20.8789, 55.4481),
        Town("Mamoudzou", "97608", ("97600",), -12.7806, 45.2278),
        Town("Nouméa", "98818", ("98800",), -22.2758, 166.4580),
    ]  # fmt: skip


TOWNS = _towns()
