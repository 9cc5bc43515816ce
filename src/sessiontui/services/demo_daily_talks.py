"""Sample conversations about daily things: trips, plants, weather, cooking, a letter."""

from __future__ import annotations

from sessiontui.services.demo_dialogue import Dialogue, asks, picture, says, talk, uses

LISBON = talk(
    asks("Plan three days in Lisbon at the end of April. I like trams, tiles and no queues."),
    uses(
        "weather",
        {"place": "Lisbon", "from": "2026-04-24", "days": 3},
        """
        Fri  19°  light clouds
        Sat  21°  sunny
        Sun  17°  showers in the afternoon
        """,
        think="Check the weather first, then put the indoor things on the rainy day.",
    ),
    says(
        """
        | day | morning | afternoon | evening |
        |---|---|---|---|
        | Fri | Alfama on foot, tram 28 before nine | tile museum | fado in a small place |
        | Sat | train to Sintra, the gardens first | back by the coast | grilled fish |
        | Sun | Belém, pastries | aquarium (it may rain) | flight |

        The tile museum is quiet on Fridays. For Sintra take the train at 8:11; an hour later
        everyone is there.
        """
    ),
    asks("And where do I eat well without a reservation?"),
    says(
        """
        The market halls: long tables, many kitchens, you stand up when you are done. The one at
        Campo de Ourique is where people from the quarter go.
        """
    ),
    asks("Perfect. Put it into my calendar."),
    uses(
        "calendar",
        {"action": "add", "entries": 9},
        "added 9 entries to 'travel'",
    ),
    says("Nine entries, with the train times as reminders. Have a good trip."),
)

LISBOA = talk(
    asks("Três dias em Lisboa, mas com crianças. O que mudas no plano?"),
    says(
        """
        Menos igrejas, mais água: o Oceanário de manhã, o teleférico depois, e o elétrico 28 só uma
        vez, cedo. Para sábado, a praia de Carcavelos fica a vinte minutos de comboio.
        """
    ),
    asks("e se chover?"),
    says("Então o Pavilhão do Conhecimento: podem tocar em tudo."),
)

LISBON_BUDGET = talk(
    asks("What will three days in Lisbon cost for two?"),
    says(
        """
        - flights: 2 × 118
        - room: 3 × 96
        - trains and trams: 2 × 21
        - food: about 3 × 70

        Together about 776, a little less if you skip the fado.
        """
    ),
    asks("we will not skip the fado"),
)

BALCONY = talk(
    asks("Balcony facing west, 2 × 1 m, second floor. What grows there that one can eat?"),
    says(
        """
        A west balcony gets the hot half of the day. That suits:

        | plant | pot | sow | harvest |
        |---|---|---|---|
        | cherry tomatoes | 12 l | March, inside | July to October |
        | pole beans | 10 l | May | July |
        | thyme, oregano | 3 l | buy | all summer |
        | mint | 5 l, its own pot | buy | until frost |

        Water in the evening, mulch with straw, and tie everything before the first thunderstorm.
        """
    ),
    asks("I forget to water"),
    says(
        "Then a 20 litre tank with a wick, and no mint next to the beans. Shall I remind you?",
        think="Self-watering pots. Offer a reminder, they have used those before.",
    ),
    asks("yes, at 19:00 in summer"),
    uses("reminder", {"text": "water the balcony", "at": "19:00", "months": "5-9"}, "ok"),
    says("Set, from May to September."),
)

LEAF = talk(
    asks("What is wrong with this leaf?", picture("leaf.jpg", 412_880)),
    says(
        """
        Small pale dots on the upper side and fine webs below: spider mites. They love dry air.
        Shower the plant, undersides too, three times in a week, and keep it damp around it.
        """
    ),
    asks("Like this?", picture("after.jpg", 398_112)),
    says("Yes. The new leaves are clean; in two weeks you can forget about it."),
)

SOURDOUGH = talk(
    asks("Bread at 9 on Sunday. Starter is in the fridge. When do I do what?"),
    says(
        """
        Backwards from nine:

        1. Sun 07:45 oven on, 08:10 bake, 08:50 cool down
        2. Sat 21:30 shape, into the fridge over night
        3. Sat 16:00 mix, then fold three times, half an hour apart
        4. Sat 10:00 feed the starter, warm place
        """
    ),
    asks("and if the kitchen is cold?"),
    says("Below 20 degrees everything before the fridge takes about half as long again."),
)

BICYCLE = talk(
    asks("Help me choose a bicycle: 14 km to work, a hill, rain, and it must fit into a train."),
    says(
        """
        Three questions decide it: how steep, how often the train, and where it stands at night.
        With a hill and a train I would look at folding bikes with a hub gear and a belt.
        """
    ),
    asks("Hill is 9 % for 600 m. Train twice a week. Cellar."),
    says("Then eight gears are enough, and 12 kg is what you still carry down the cellar stairs."),
)

LETTER = talk(
    asks("Friendly letter to the landlord: the heating knocks at night, third time I write."),
    says(
        """
        > Good morning,
        >
        > the heating in the bedroom still knocks between two and four at night, as I wrote on
        > 3 November and on 20 November. Could someone look at the valve before the end of next
        > week? I am at home on Tuesday and on Thursday from four.
        >
        > Thank you for taking care of it.

        Dates, a wish, a day. Nothing that sounds like a threat.
        """
    ),
    asks("Much nicer than mine. Sent."),
)

BOOKS = talk(
    asks("Next book for the club? We liked the one about the lighthouse, not the one with maps."),
    says("Something quiet then. How long may it be, and does it have to be in paperback?"),
    asks("300 pages, paperback, and nobody has read it before"),
    says(
        """
        - a winter on an island, told by a ferry's cook
        - two sisters sell a piano, and it does not want to leave
        - short stories about people who repair clocks

        The second starts slowly and has the best ending.
        """
    ),
    asks("The piano! I will ask the others tonight."),
    says("Tell me what they say; I keep the other two for the summer."),
)

GARDEN_CLUB = talk(
    asks("who brings the shredder on Saturday?"),
    says("The list says the shredder is at plot 14 and free on Saturday from nine."),
    asks("and cake?"),
    says("Plots 3 and 9 have signed up: one apple, one with carrots."),
    asks("is the water on again?"),
    says("Since seven this morning, all plots but the two at the fence."),
)

VOICE_NOTE = talk(
    asks("[Voice] remind me to call the dentist when I am back from the train, before five"),
    uses("reminder", {"text": "call the dentist", "before": "17:00"}, "ok"),
    says("I will remind you at 16:30."),
)

STANDUP = talk(
    asks("collect the standup please"),
    uses(
        "channel",
        {"read": "standup", "since": "09:00"},
        """
        shop: basket on staging, waits for texts
        docs: dead links mended
        ops: certificate renewed, next in 60 days
        """,
    ),
    says("Three teams, no blocker. The basket waits for its texts; I have asked in *#texts*."),
)

TOKYO = talk(
    asks("東京の週末の天気はどうですか。花見に行きたいです。"),
    uses(
        "weather",
        {"place": "東京", "days": 2},
        """
        土曜日 晴れ 16°
        日曜日 曇り時々雨 13°
        """,
    ),
    says(
        """
        土曜日がおすすめです。晴れて、最高気温は16度。上野公園は混みますから、**小金井公園**は
        どうでしょう。桜は七分咲きです。
        """
    ),
    asks("お弁当のおすすめは？"),
    says("いなり寿司と卵焼き、それに温かいお茶があれば十分です。🌸"),
)

HEBREW = talk(
    asks("תכנן לי ערב עם חברים: שישה אנשים, אחד צמחוני, בלי אפייה."),
    says(
        """
        תפריט קצר:

        1. סלט קצוץ עם נענע
        2. שקשוקה גדולה במחבת אחת
        3. פירות עם טחינה ודבש

        הכול מוכן תוך 50 דקות. לצמחוני לא צריך לשנות דבר.
        """
    ),
    asks("וקניות?"),
    says("עגבניות (2 ק״ג), ביצים (12), פלפלים, נענע, טחינה, לחם."),
)

ARABIC = talk(
    asks("كيف أحافظ على نبات الريحان في الشتاء؟"),
    says("ضعه قرب نافذة مشمسة، واسقه قليلًا كل يومين، واقطع الأزهار كي تكبر الأوراق."),
)

PACKING = talk(
    asks("Packing list for a weekend in the mountains, with emoji so my kids can read it"),
    says(
        """
        - 🥾 boots
        - 🧦 three pairs of socks
        - 🧥 rain jacket
        - 🧢 hat, 🧤 gloves
        - 🔦 lamp, and 🔋 for it
        - 🍎🥪 food for the train
        - 🧸 one animal (only one)
        - 👨‍👩‍👧‍👦 everybody
        """
    ),
    asks("two animals"),
    says("🧸🐰 two, but small ones."),
)


def morning_weather(degrees: int, sky: str, hint: str) -> Dialogue:
    """One of the reports that come every morning."""
    return talk(
        asks("weather for today?"),
        uses("weather", {"place": "home", "days": 1}, f"{degrees}°, {sky}"),
        says(f"{degrees} degrees, {sky}. {hint}"),
    )


MORNINGS: tuple[tuple[int, str, str], ...] = (
    (3, "fog until ten", "Lights on the bicycle."),
    (7, "showers", "Take the long jacket."),
    (11, "sunny", "Good day to open the windows."),
    (-2, "clear and icy", "The bridge will be slippery."),
    (9, "windy", "Bring in the pots from the balcony."),
)
"""What five of them said."""
