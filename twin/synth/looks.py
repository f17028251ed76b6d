"""Colours of the demo city: restrained, light, and told apart without naming them."""

from __future__ import annotations

from collections.abc import Mapping

from twin.model.style import Categories, Category, Constant, Graduated, Style

Words = Mapping[str, tuple[str, str, str]]
"""Value to colour, French, English."""

USE: Words = {
    "housing": ("#eadfce", "Logements collectifs", "Flats"),
    "house": ("#efe2c4", "Maisons", "Houses"),
    "office": ("#c3d2dd", "Bureaux", "Offices"),
    "shop": ("#e6c3b2", "Commerces", "Shops"),
    "school": ("#e8c48f", "Enseignement", "Schools"),
    "public": ("#dcb8a0", "Équipements publics", "Public buildings"),
    "industry": ("#bcb7b3", "Activités", "Industry"),
}
LAND: Words = {
    "park": ("#b5d196", "Parc", "Park"),
    "garden": ("#cbdcae", "Jardin", "Garden"),
    "lawn": ("#cfdcb6", "Pelouse d'immeuble", "Lawn around flats"),
    "yard": ("#e0dccb", "Cour", "Yard"),
    "forecourt": ("#dbd8ce", "Parvis de bureaux", "Office forecourt"),
    "forest": ("#93b77c", "Bois", "Wood"),
    "bank": ("#b3cc97", "Berge", "Bank"),
    "verge": ("#c2d2a8", "Talus", "Verge"),
    "orchard": ("#a8c886", "Verger", "Orchard"),
    "cemetery": ("#bfceaa", "Cimetière", "Cemetery"),
    "sport": ("#a9ce97", "Terrain de sport", "Sports ground"),
    "pitch": ("#8bbd7a", "Terrain de jeu", "Pitch"),
    "track": ("#cd977d", "Piste", "Track"),
    "court": ("#b8907f", "Court", "Court"),
    "square": ("#e4ddce", "Place", "Square"),
    "parterre": ("#b4cc98", "Parterre", "Flower bed"),
    "basin": ("#8fb2c4", "Bassin", "Basin"),
    "path": ("#ebe3cf", "Allée", "Path"),
    "plot": ("#dfdacb", "Parcelle d'édifice", "Plot of a landmark"),
    "hospital": ("#dcdccc", "Hôpital", "Hospital"),
    "halls": ("#d5d1c8", "Parc d'expositions", "Exhibition centre"),
    "heliport": ("#c3d3ac", "Héliport", "Heliport"),
    "apron": ("#c4c4c0", "Aire d'envol", "Apron"),
    "pad": ("#ecebe3", "Plot d'atterrissage", "Landing pad"),
    "rail": ("#b4aea5", "Emprise ferrée", "Railway land"),
    "glacis": ("#a5bd8b", "Fossé du Fort", "Ditch of the Fort"),
    "rampart": ("#b8c998", "Rempart du Fort", "Rampart of the Fort"),
}
ROADS: Words = {
    "motorway": ("#b9b6b1", "Autoroute urbaine", "Motorway"),
    "boulevard": ("#bcb9b3", "Boulevard", "Boulevard"),
    "avenue": ("#bfbcb6", "Avenue", "Avenue"),
    "street": ("#c3c0b9", "Rue", "Street"),
    "lane": ("#c9c5bd", "Ruelle", "Lane"),
    "path": ("#e3dac7", "Chemin", "Path"),
}
PAVEMENTS: Words = {
    "pavement": ("#e7e3d9", "Trottoir", "Pavement"),
    "talus": ("#c6d3ae", "Talus", "Embankment"),
}
STRUCTURES: Words = {
    "deck": ("#c9c3b8", "Tablier de pont", "Bridge deck"),
    "parapet": ("#dcd6ca", "Parapet", "Parapet"),
    "pier": ("#cdc6b9", "Pile de pont", "Bridge pier"),
    "rampart": ("#cdbb9c", "Mur du Fort", "Wall of the Fort"),
    "barge": ("#6f7f8a", "Coque de péniche", "Hull of a barge"),
    "cabin": ("#e3ded2", "Cabine de péniche", "Cabin of a barge"),
}
TREES: Words = {
    "platane": ("#83a264", "Platane", "Plane"),
    "tilleul": ("#7a9f5c", "Tilleul", "Lime"),
    "érable": ("#8eab68", "Érable", "Maple"),
    "chêne": ("#6f9157", "Chêne", "Oak"),
    "marronnier": ("#76995a", "Marronnier", "Horse chestnut"),
    "cerisier": ("#e3bfc0", "Cerisier en fleur", "Cherry in blossom"),
    "pommier": ("#e9d9cf", "Pommier en fleur", "Apple in blossom"),
    "pin": ("#587d5d", "Pin", "Pine"),
    "cèdre": ("#628568", "Cèdre", "Cedar"),
    "peuplier": ("#98ad60", "Peuplier", "Poplar"),
    "saule": ("#9db473", "Saule", "Willow"),
}
CARS: Words = {
    "white": ("#eceae5", "Blanche", "White"),
    "grey": ("#8e9298", "Grise", "Grey"),
    "silver": ("#c3c6c9", "Argent", "Silver"),
    "black": ("#3f4348", "Noire", "Black"),
    "blue": ("#6d86a3", "Bleue", "Blue"),
    "red": ("#a9584f", "Rouge", "Red"),
    "green": ("#75877a", "Verte", "Green"),
}
RAIL: Words = {
    "rail": ("#77716a", "Chemin de fer", "Railway"),
    "tram": ("#8b8579", "Tramway", "Tramway"),
    "metro": ("#6f6a8f", "Métro", "Metro"),
}
WASTE: Words = {
    "inlet": ("#7a5c99", "Borne", "Inlet"),
    "suction": ("#4c3a66", "Point d'aspiration", "Suction point"),
}
ENERGY: Words = {
    "A": ("#2f8f5b", "A", "A"), "B": ("#68a95a", "B", "B"), "C": ("#a9bd57", "C", "C"),
    "D": ("#e2c75a", "D", "D"), "E": ("#dfa04c", "E", "E"), "F": ("#cf7340", "F", "F"), "G": ("#b04a3a", "G", "G"),
}  # fmt: skip


def by(column: str, words: Words, title: tuple[str, str], *, other: str = "#d8d4ca") -> Style:
    """Return a style that colours by the words of a column; ``title`` is French, English."""
    chosen = tuple(
        Category(value=value, colour=colour, label={"fr": fr, "en": en})
        for value, (colour, fr, en) in words.items()
    )
    rule = Categories(column=column, categories=chosen, other=other)
    return Style(rule=rule, title={"fr": title[0], "en": title[1]})


def plain(colour: str) -> Style:
    """Return a style of one colour."""
    return Style(rule=Constant(colour=colour))


def graded(
    column: str, breaks: tuple[float, ...], ramp: str, unit: str, title: tuple[str, str]
) -> Style:
    """Return a style of classes along a ramp."""
    rule = Graduated(column=column, breaks=breaks, ramp=ramp, unit=unit)
    return Style(rule=rule, title={"fr": title[0], "en": title[1]})
