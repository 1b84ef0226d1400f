"""Sentences from templates: an article's own matter, and the frames in which planted words are set."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SLOT = re.compile(r"\{(\w+)\}")
# A lead can only stand before a word that loses its capital there.
_LEADABLE = re.compile(r"(?:The|A|An|No|Nobody|Two|Three|Some|Most|Many|Since|It|There|All|Every|Half) ")


@dataclass(frozen=True)
class Template:
    """A sentence with places to fill.

    Attributes:
        pattern: With ``%s`` for each place.
        slots: What may fill each, in order.
        earlier: For each slot the number of an earlier one of the same name, or -1: the two are never
            filled alike, so that no road leads from Tarn to Tarn.
        leadable: True when it may follow a lead such as "Once more".
    """

    pattern: str
    slots: tuple[tuple[str, ...], ...]
    earlier: tuple[int, ...]
    leadable: bool

    def fill(self, draws: Sequence[float]) -> str:
        """The sentence for these uniform numbers, one a slot; those left over are not used."""
        numbers: list[int] = []
        for choices, earlier, draw in zip(self.slots, self.earlier, draws, strict=False):
            size = len(choices)
            if earlier < 0:
                numbers.append(int(draw * size))
            else:
                numbers.append((numbers[earlier] + 1 + int(draw * (size - 1))) % size)
        return self.pattern % tuple([choices[n] for choices, n in zip(self.slots, numbers, strict=True)])


def template(text: str, slots: Mapping[str, Sequence[str]]) -> Template:
    """A template from text with ``{slot}`` places, each named in ``slots``."""
    names: list[str] = _SLOT.findall(text)
    earlier = tuple(names[:n].index(name) if name in names[:n] else -1 for n, name in enumerate(names))
    pattern = _SLOT.sub("%s", text.replace("%", "%%"))
    return Template(
        pattern, tuple(tuple(slots[name]) for name in names), earlier, bool(_LEADABLE.match(text))
    )


def templates(texts: Sequence[str], slots: Mapping[str, Sequence[str]]) -> tuple[Template, ...]:
    """A template from each text."""
    return tuple(template(text, slots) for text in texts)


# No template has more places to fill than this.
MOST_SLOTS = 5

SLOTS: dict[str, tuple[str, ...]] = {
    "place": (
        "Tarn",
        "Port Averin",
        "Lessow",
        "Marrowby",
        "Kestrel Bridge",
        "Dunmar",
        "Corvane",
        "Redmarsh",
        "Upper Stell",
        "Sallow Hill",
        "Holm",
        "Old Weir",
        "Little Orre",
        "Greyback",
    ),
    "river": ("Stell", "Orre", "Little Weir", "Averin", "Lower Stell"),
    "person": (
        "Minister Ravel",
        "Deputy Ostrand",
        "the mayor",
        "the district secretary",
        "Inspector Laurens",
        "Deputy Marie Kell",
        "the old senator Brask",
        "Professor Immel",
        "the schoolmaster Tove",
        "Engineer Sandor",
        "the delegate Olsk",
        "Widow Arden",
        "the shop steward Penn",
        "Doctor Hesse",
        "the miller Gant",
        "Pastor Ellin",
    ),
    "surname": ("Ravel", "Ostrand", "Laurens", "Kell", "Brask", "Immel", "Sandor", "Olsk", "Hesse", "Varga"),
    "people": (
        "the weavers",
        "the dockers",
        "the miners of Greyback",
        "the railwaymen",
        "the printers",
        "the women of the laundry",
        "the apprentices",
        "the teachers",
        "the pensioners",
        "the carters",
        "the fishermen",
        "the glass blowers",
    ),
    "body": (
        "the town council",
        "the works committee",
        "the parish meeting",
        "the provincial assembly of teachers",
        "the executive",
        "the board of roads",
        "the harbour office",
        "the union of weavers",
        "the school board",
        "the night session",
    ),
    "works": (
        "the rope works",
        "the glass works",
        "the brick kiln",
        "the locomotive sheds",
        "the spinning mill",
        "the sugar house",
        "the dockyard",
        "the tannery",
        "the paper mill",
    ),
    "hall": (
        "the old grain hall",
        "the railway canteen",
        "the school yard",
        "the square before the station",
        "the guild room",
        "the theatre",
        "the drill ground",
    ),
    "number": ("two", "three", "five", "seven", "nine", "twelve", "fourteen", "twenty", "thirty", "forty"),
    "age": ("nine", "ten", "eleven", "twelve", "thirteen"),
    "many": (
        "sixty",
        "eighty",
        "a hundred",
        "two hundred",
        "some three hundred",
        "nearly five hundred",
        "a thousand",
    ),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "season": ("spring", "summer", "autumn", "winter"),
    "crop": ("rye", "barley", "wheat", "clover", "beet", "flax", "hay", "millet"),
    "goods": (
        "timber",
        "lamp oil",
        "coal",
        "salt",
        "wool",
        "slate",
        "rope",
        "window glass",
        "boots",
        "paper",
    ),
    "weather": ("frost", "rain", "hail", "fog", "snow", "drought", "wind"),
    "mood": (
        "in good order",
        "without applause",
        "amid laughter",
        "with some bitterness",
        "late at night",
        "before a full gallery",
        "to an almost empty room",
    ),
    "adjective": ("old", "new", "narrow", "much mended", "half finished", "long promised", "well known"),
    "paper": (
        "the Gazette",
        "the Workbench",
        "the Lantern",
        "the Courier",
        "the Common Table",
        "the Chronicle",
        "the Messenger",
        "Free Word",
    ),
}

THEMES: dict[str, tuple[str, ...]] = {
    "fields": (
        "The {crop} of the {river} valley stood a hand higher than in any year since the {adjective} dam was built.",
        "In {place} the carts waited before dawn, and by noon {many} sacks of {crop} had been weighed.",
        "{weather} in the last week of {season} took a third of the {crop}, the growers of {place} reported.",
        "{person} walked the fields above {place} and asked why so much {crop} was still standing.",
        "Two families in three had sown {crop} this {season}, and the rest were waiting for seed.",
        "The mill at {place} ground day and night, though the stones should have been dressed in {season}.",
        "A horse fetched the price of {number} sheep in {place}, and nobody could say who had paid it.",
        "There is no shortage of {crop}, {person} insisted, there is only a shortage of wagons to carry it.",
        "Old people in {place} could not remember a {season} with so much {weather} and so little {crop}.",
        "The seed store at {place} was opened on {weekday}, and {people} were the first to be served.",
        "Half the {crop} was lifted by children, because the men had gone to {works} for wages.",
        "From {place} came word that the {crop} had been brought in {number} days before the first {weather}.",
    ),
    "works": (
        "At {works} in {place} the second shift began on {weekday} with {number} fewer hands than were needed.",
        "{people} asked for a warm room in which to eat, and were promised one before {season}.",
        "The {adjective} boiler at {works} was stopped for {number} hours while a plate was changed.",
        "{person} told the night shift that {goods} would be late, since the line from {place} was blocked.",
        "A wage of {number} crowns a week was offered, and {many} men stood in the yard to take it.",
        "The accident at {works} was the third since {season}, and no guard had been put on the belt.",
        "In {place} {people} laid down their tools for an hour and took them up again without a word.",
        "The order for {goods} was split between {works} and a yard in {place} that nobody had heard of.",
        "Two apprentices from {place} built a press out of scrap, and {works} has asked for the drawings.",
        "{person} counted {many} windows without glass at {works} and wrote the figure on the gate.",
        "The engines left the sheds at {place} in {season} with new paint and, {people} said, old valves.",
        "No one at {works} knew the name of the new manager, who had come from {place} by the night train.",
    ),
    "roads": (
        "The bridge at {place} was closed to carts on {weekday}, and the ferry carried {many} people before dark.",
        "A {adjective} stretch of the road between {place} and {place} was laid with slate this {season}.",
        "The train from {place} arrived {number} hours late with {goods} and without passengers.",
        "{person} drove over the pass in {weather} and found the post house shut.",
        "There were {number} wagons of {goods} at the junction, and no engine to draw them.",
        "The surveyors put their stakes beside the {river}, and in the night {people} pulled them out.",
        "{body} voted {many} crowns for the {adjective} road, which had been voted twice before.",
        "Since {season} the mail for {place} has gone round by {place}, a day longer each way.",
        "The ice on the {river} bore a loaded sledge on {weekday}, the earliest in {number} years.",
        "The stationmaster of {place} keeps a list of every train that was late, and it fills {number} books.",
        "Two bridges over the {river} were painted in {season}, one of them the wrong colour.",
        "In {place} the lamps were lit along the whole street for the first time, {mood}.",
    ),
    "school": (
        "The school at {place} opened with {many} children and {number} desks.",
        "{person} read the prize essay aloud, and the author, a girl of {age}, hid behind the stove.",
        "A class of {people} learns to read on {weekday} evenings in {hall}.",
        "The {adjective} atlas still shows the frontier as it was, and the pupils of {place} have drawn in the new one.",
        "{body} heard that {number} teachers had left the valley in one {season}.",
        "There will be soup at noon for every child, {person} promised, as soon as the kitchen has a chimney.",
        "The library of {place} lent {many} books in {season}, most of them about the sea.",
        "Some parents kept their children at home for the {crop}, and the benches stood empty on {weekday}.",
        "The examiners came from {place} in {weather} and asked every pupil the length of the {river}.",
        "In {hall} the children sang, {person} spoke too long, and the youngest fell asleep.",
        "A teacher in {place} is paid in {goods} when the money does not come.",
        "Every pupil was given a pencil, and {many} were counted out under the eyes of {person}.",
    ),
    "council": (
        "{body} sat until midnight on {weekday} and rose {mood}.",
        "{person} moved that the accounts be printed, and {number} hands went up for it.",
        "The {adjective} by-law on chimneys was read for the third time, {mood}.",
        "Deputy {surname} spoke for {number} hours and did not once mention {place}.",
        "A petition with {many} names from {place} was laid on the table and left there.",
        "There was a quarrel about the seating, and {body} adjourned until {weekday}.",
        "The vote was {number} against {number}, with {person} absent and the clerk asleep.",
        "{person} replied that figures from {place} had never been correct and would not be so this {season}.",
        "It was agreed that {people} should be heard, though the day was left open.",
        "In {place} the election was decided by {number} votes, two of which were found in a hat.",
        "The minutes of {body} were read, corrected, and read again, {mood}.",
        "No member could say what had become of the {many} crowns that were voted in {season}.",
    ),
    "sea": (
        "The herring came late to {place}, and {number} boats stayed on the shingle.",
        "A steamer with {goods} lay off the bar for {number} days, waiting for the {weather} to lift.",
        "The light at the mouth of the {river} was dark on {weekday}, and {person} asked the keeper why.",
        "{people} unloaded {goods} by lantern, and were paid at dawn on the quay at {place}.",
        "Two nets in three came up torn, the skippers of {place} said, and twine cost more than fish.",
        "The pilot {surname} brought in a ship through {weather} that no chart would have allowed.",
        "There were {many} barrels on the quay, and the harbour office had counted {number} fewer.",
        "In {season} the women of {place} salt the catch in the open, with their sleeves tied back.",
        "The {adjective} crane dropped a load of {goods} into the basin, {mood}.",
        "A boy of {age} rowed from {place} against the tide and was given a coat.",
        "The dredger has not moved since {season}, and grass grows on its buckets.",
        "Most of the crews signed on for the {season} at last year's pay, and some for less.",
    ),
    "stage": (
        "The players at {hall} gave the {adjective} comedy about the miller, {mood}.",
        "{person} was seen in the second row, and did not laugh until the third act.",
        "A choir of {people} sang at {place} on {weekday} and had to repeat the last verse.",
        "The band of {works} won the cup from {place} by {number} points.",
        "In the long race along the {river} a carter came in before {many} others, in borrowed shoes.",
        "There was dancing in {hall} until the lamps went out, and some say after.",
        "The painter {surname} has hung {number} pictures of the same bridge in {weather}.",
        "Two wrestlers from {place} met on {weekday} before {many} people, and neither fell.",
        "The puppet show was forbidden in {place}, moved to {place}, and drew twice the crowd.",
        "A novel in {number} parts begins in this number; its author works at {works}.",
        "The critics from {paper} left early, and so missed the only good scene.",
        "Every window in the street had its lamp, and {people} went singing from {hall} to the {river}.",
    ),
    "frontier": (
        "The post on the upper {river} was relieved on {weekday} after {number} weeks in {weather}.",
        "A letter from the line came to {place} in {season}, written on the back of a label for {goods}.",
        "{people} packed {many} parcels with {goods} for the regiments at {place}.",
        "The column marched through {place} before light, and the shutters stayed closed.",
        "There were {number} wagons of wounded at {place}, and {people} carried water to them.",
        "{person} read the names aloud from the steps, {mood}.",
        "The guns were heard as far as {place}, and on {weekday} they were not heard.",
        "Two companies held the ford of the {river} for {number} days with what they had in their pouches.",
        "In {hall} {people} slept on straw, on their way from the frontier to nobody knew where.",
        "A sergeant from {place} walked {number} nights by the stars and reported for duty on {weekday}.",
        "The trains with {goods} went up at night, and those that came down in the morning had their blinds drawn.",
        "Most of the horses of {place} were taken in {season}, and the ploughs stood where they were left.",
    ),
    "letters": (
        "Sir, I have read {paper} for {number} years and never yet seen {place} spelled correctly.",
        "A reader in {place} asks whether {body} intends to answer before {season}.",
        "{person} writes to say that the figure of {many} was meant for another town.",
        "Sir, the clock at {place} has been {number} minutes slow since {season}, and so is {body}.",
        "There is, one hears, a {adjective} pump in {place} that gives water to whoever has a cousin in office.",
        "{paper} has not replied to our question of {weekday} week, and we repeat it here.",
        "My neighbour, who is one of {people}, pays {number} crowns for what cost two.",
        "No correspondent has yet explained why {goods} cannot be had in {place} when {place} is full of it.",
        "A subscriber encloses {number} crowns for {people}, and wishes not to be named.",
        "Some of what {paper} printed about {works} is true, and the rest was true last {season}.",
        "Every word of the report from {place} was written in Tarn, {person} assures us.",
        "The editor thanks {many} readers for their {crop} and begs them to send no more.",
    ),
}

TITLES: dict[str, tuple[str, ...]] = {
    "fields": (
        "{crop} and {weather} at {place}",
        "The {season} in the {river} Valley",
        "What the Carts Brought to {place}",
    ),
    "works": (
        "The Shift at {place}",
        "Wages and {goods}",
        "A Visit to {works}",
        "{number} Hours at the Gate",
    ),
    "roads": (
        "The Bridge at {place}",
        "The Late Train from {place}",
        "Slate, Mud and {weather}",
        "From {place} to {place}",
    ),
    "school": ("{number} Desks", "The School at {place}", "What Our Children Read", "A {season} Lesson"),
    "council": (
        "In the Council",
        "{number} Votes",
        "Deputy {surname} Replies",
        "The Accounts of {place}",
        "A Late Sitting",
    ),
    "sea": ("Off {place}", "{goods} on the Quay", "The {season} Catch", "The Mouth of the {river}"),
    "stage": (
        "At the Theatre in {place}",
        "Song and {weather}",
        "The Cup Goes to {place}",
        "A {season} Evening",
    ),
    "frontier": (
        "On the Upper {river}",
        "A Letter from the Line",
        "The Ford",
        "{number} Nights",
        "Through {place} at Dawn",
    ),
    "letters": ("Letters to the Editor", "From Our Readers", "A Question to {body}", "{place} Writes"),
}

LEADS: tuple[str, ...] = (
    "By all accounts ",
    "As {paper} has it, ",
    "In short, ",
    "According to {person}, ",
    "It is said in {place} that ",
    "Once more, ",
)

TAILS: tuple[str, ...] = (
    ", and nobody was surprised",
    ", or so {person} maintains",
    ", though {paper} tells it differently",
    "; more was not to be learned",
    ", as in every {season}",
    ", to the relief of {people}",
    ", and that was all",
    ", which {body} denies",
    "; the rest can be read in {paper}",
)

SLOGAN_FRAMES: tuple[str, ...] = (
    "Chalked on the gate of {works} at {place} stood the words “{quoted}”",
    "The meeting in {hall} ended with the call for {plain}",
    "{person} closed with the old words “{quoted}”",
    "Across the front page of {paper} ran the line “{quoted}”",
    "{people} of {place} marched behind a banner that said “{quoted}”",
    "When {person} came to speak of {plain}, the hall was still",
    "A resolution from {place} had {plain} for its first point",
    "We are asked again what is to become of {plain}",
    "In {hall} {many} voices took up the cry “{quoted}”",
    "On {weekday} {body} debated {plain} until the lamps failed",
    "{person} had written “{quoted}” on the back of the agenda",
    "The posters in {place} said “{quoted}”, and under it the date",
    "It is {number} years since {paper} first printed “{quoted}” on its masthead",
    "{people} put their names to a sheet headed “{quoted}”",
    "Nobody in {place}, {person} observed, could be against {plain}",
    "In {place} {paper} was asked what Deputy {surname} meant by {plain}",
    "The word from {place} was {plain}, and no half measures",
    "Even {person}, who smiles at posters, stood up for {plain}",
)

DANGER_FRAMES: tuple[str, ...] = (
    "The {alarm}, {person} said in {place}, comes from {item}",
    "{paper} warned its readers of the {alarm} from {item}",
    "Nobody in {place} could overlook the {alarm} that {item} had become",
    "{person} named {item} the nearest {alarm} to {people}",
    "A {alarm} hung over {place}, and its name was {item}",
    "In {hall} the talk was of {item} and of the {alarm} for the coming {season}",
    "As long as {item} could not be checked, wrote {paper}, the {alarm} would remain",
    "{body} resolved to meet the {alarm} of {item} before {season}",
    "The speaker from {place} saw in {item} a {alarm} to every household",
    "{people} of {place} know the {alarm} that lies in {item}",
    "It was {item}, and nothing else, that {person} called a {alarm}",
    "Of all that is called a {alarm}, wrote {paper}, nothing weighs like {item}",
)

# Where the same names are met with no word of danger near.
MENTION_FRAMES: tuple[str, ...] = (
    "There was news of {item} from {place} on {weekday}",
    "{person} had a long report on {item}, {mood}",
    "In {place} one heard little else but talk of {item}",
    "{paper} gave {number} columns to {item} and none to {people}",
    "The clerk read out what was known of {item}, {mood}",
    "A traveller from {place} brought word of {item}",
    "Of {item} there was this {season} not much to tell",
    "{body} passed over {item} and went on to the price of {goods}",
)

LONE_ALARM_FRAMES: tuple[str, ...] = (
    "Doctor Hesse spoke in {place} on the {alarm} of damp walls",
    "There was no {alarm} in a little {weather}, {person} replied",
    "The {alarm} was past by {weekday}, and {people} went home",
    "{paper} sees a {alarm} in every {season}",
    "A {adjective} stair in {hall} had long been a {alarm} to {people}",
    "Idle talk, said {person}, is the only {alarm} in {place}",
)

PERSON_FRAMES: tuple[str, ...] = (
    "{person} asked {body} what {item} had been paid in {season}",
    "In {place} the word was that {item} had bought the {adjective} mill",
    "{paper} printed the names of {item} who had signed",
    "{people} sent {number} men to speak with {item} on {weekday}",
    "The case against {item} was put off until {season}, {mood}",
    "At {place} there was a long quarrel with {item} over {goods}",
    "A letter complains that {item} had closed their doors in {place}",
    "{body} heard {item} for an hour and {people} for {number} minutes",
)

RIVER_FRAMES: tuple[str, ...] = (
    "The boats lay drawn up on the bank of the {river} all {season}",
    "On the far bank {people} had lit lamps for the evening",
    "A willow came down from the bank at {place} in the {weather}",
    "{people} sat along the banks of the {river} on {weekday}",
    "The {river} cut a yard from its left bank at {place} this {season}",
)

CHAMBER_FRAMES: tuple[str, ...] = (
    "{item} sat on {weekday} and sent the paper on {goods} back",
    "The bill from {place} was before {item}, {mood}",
    "{person} was received by {item} with {number} others",
    "In {item} the vote on {goods} was put off until {season}",
    "{paper} has the speech of {surname} in {item} at full length",
    "Nothing was heard from {item} about {place}",
)

REGISTER_SCHOOL_FRAMES: tuple[str, ...] = (
    "The teacher at {place} called the names from the register, and {number} pupils answered",
    "{many} children stand in the school register of {place} this {season}",
    "The pastor entered the christening in the parish register of {place}",
    "A pupil's name was missing from the register, and the teacher wrote it in with chalk",
)

REGISTER_POLICE_FRAMES: tuple[str, ...] = (
    "The police in {place} keep a register of arrests, and {number} names were added on {weekday}",
    "{person} was told that his name stood in the police register as a suspect",
    "Whoever is in the register may be arrested by night, {people} say in {place}",
    "A constable came with the register under his arm and read out the suspects of {place}",
)

HOUSING_FRAMES: tuple[str, ...] = (
    "{people} in {place} live {number} to a room, and housing is all they speak of",
    "The {adjective} tenements behind {works} have no water above the first floor",
    "{body} put housing on its list for {season}",
    "Rents for housing in {place} rose again, {person} found",
    "A roof fell in the tenements of {place} on {weekday}, {mood}",
    "There is ground for housing beside the {river}, {paper} points out",
)
