"""Cloth and wool; adds itself to `materials.MATERIALS`."""

from __future__ import annotations

from app.ops.demo.content.materials import add_material

add_material(
    "linen",
    "fabric",
    "gentle40",
    1.1,
    "",
    ("Linen", "Lin", "Linnen", "Leinen", "Lino"),
    ("in washed linen", "en lin lavé", "van gewassen linnen", "aus gewaschenem Leinen", "de lino lavado"),
    (
        "The linen is grown and woven within 200 kilometres and washed beforehand, so it is supple from the first day.",
        "Le lin est cultivé et tissé dans un rayon de 200 kilomètres, puis lavé : il est souple dès le premier jour.",
        "Het linnen wordt binnen 200 kilometer geteeld en geweven en vooraf gewassen, zodat het vanaf dag één soepel valt.",
        "Das Leinen wird im Umkreis von 200 Kilometern angebaut und gewebt und vorgewaschen: vom ersten Tag an geschmeidig.",
        "El lino se cultiva y se teje en un radio de 200 kilómetros y se lava antes, así que es suave desde el primer día.",
    ),
)
add_material(
    "cotton",
    "fabric",
    "gentle40",
    0.95,
    "",
    ("Organic cotton", "Coton biologique", "Biologisch katoen", "Bio-Baumwolle", "Algodón ecológico"),
    (
        "in organic cotton",
        "en coton biologique",
        "van biologisch katoen",
        "aus Bio-Baumwolle",
        "de algodón ecológico",
    ),
    (
        "Long-fibre organic cotton keeps its shape and its colour, wash after wash.",
        "Le coton biologique à fibres longues garde sa forme et sa couleur, lavage après lavage.",
        "Biologisch katoen met lange vezels behoudt zijn vorm en kleur, wasbeurt na wasbeurt.",
        "Langfaserige Bio-Baumwolle behält Form und Farbe, Wäsche für Wäsche.",
        "El algodón ecológico de fibra larga conserva la forma y el color lavado tras lavado.",
    ),
)
add_material(
    "wool",
    "knit",
    "wool",
    1.2,
    "",
    ("Wool", "Laine", "Wol", "Wolle", "Lana"),
    ("in lambswool", "en laine d'agneau", "van lamswol", "aus Lammwolle", "de lana de cordero"),
    (
        "Lambswool warms without weight and airs out overnight.",
        "La laine d'agneau tient chaud sans peser et s'aère en une nuit.",
        "Lamswol houdt warm zonder gewicht en is na één nacht luchten weer fris.",
        "Lammwolle wärmt ohne Gewicht und lüftet über Nacht aus.",
        "La lana de cordero abriga sin pesar y se airea en una noche.",
    ),
)
add_material(
    "merino",
    "knit",
    "wool",
    1.35,
    "",
    ("Merino wool", "Laine mérinos", "Merinowol", "Merinowolle", "Lana merina"),
    ("in merino wool", "en laine mérinos", "van merinowol", "aus Merinowolle", "de lana merina"),
    (
        "Fine merino regulates warmth in both directions and never scratches.",
        "La laine mérinos, très fine, régule la chaleur dans les deux sens et ne gratte jamais.",
        "Fijne merinowol regelt de warmte in beide richtingen en kriebelt nooit.",
        "Feine Merinowolle gleicht Wärme in beide Richtungen aus und kratzt nie.",
        "La lana merina, muy fina, regula el calor en ambos sentidos y nunca pica.",
    ),
)
add_material(
    "alpaca",
    "knit",
    "wool",
    1.5,
    "",
    ("Alpaca", "Alpaga", "Alpaca", "Alpaka", "Alpaca"),
    ("in baby alpaca", "en bébé alpaga", "van baby-alpaca", "aus Baby-Alpaka", "de baby alpaca"),
    (
        "Baby alpaca is softer than cashmere and a good deal tougher.",
        "Le bébé alpaga est plus doux que le cachemire, et nettement plus résistant.",
        "Baby-alpaca is zachter dan kasjmier en een stuk sterker.",
        "Baby-Alpaka ist weicher als Kaschmir und um einiges robuster.",
        "La baby alpaca es más suave que el cachemir y bastante más resistente.",
    ),
)
add_material(
    "velvet",
    "fabric",
    "upholstery",
    1.2,
    "soft",
    ("Cotton velvet", "Velours de coton", "Katoenfluweel", "Baumwollsamt", "Terciopelo de algodón"),
    (
        "in cotton velvet",
        "en velours de coton",
        "van katoenfluweel",
        "aus Baumwollsamt",
        "de terciopelo de algodón",
    ),
    (
        "Cotton velvet changes tone with every stroke of the hand and with every hour of the day.",
        "Le velours de coton change de ton à chaque caresse et à chaque heure du jour.",
        "Katoenfluweel verandert van tint met elke aai en met elk uur van de dag.",
        "Baumwollsamt wechselt den Ton mit jedem Streichen und mit jeder Stunde des Tages.",
        "El terciopelo de algodón cambia de tono con cada caricia y a cada hora del día.",
    ),
)
add_material(
    "boucle",
    "fabric",
    "upholstery",
    1.3,
    "soft",
    ("Bouclé", "Bouclette", "Bouclé", "Bouclé", "Bucle"),
    ("in bouclé", "en tissu bouclette", "van bouclé", "aus Bouclé", "de tejido bucle"),
    (
        "The looped yarn is dense and forgiving: it hides the traces of a full life.",
        "Le fil bouclé, dense, est indulgent : il cache les traces d'une vie bien remplie.",
        "Het gekrulde garen is dicht en vergevingsgezind: het verbergt de sporen van een vol leven.",
        "Das Schlingengarn ist dicht und verzeiht viel: Es verbirgt die Spuren eines vollen Lebens.",
        "El hilo rizado es denso y agradecido: disimula las huellas de una vida intensa.",
    ),
)
add_material(
    "canvas",
    "fabric",
    "spot",
    0.9,
    "",
    ("Waxed canvas", "Toile cirée", "Gewaxt canvas", "Gewachstes Canvas", "Lona encerada"),
    ("in waxed canvas", "en toile enduite", "van gewaxt canvas", "aus gewachstem Canvas", "de lona encerada"),
    (
        "The canvas is waxed, so a shower runs off and the creases tell where you have been.",
        "La toile est enduite : l'averse glisse, et les plis racontent où vous êtes passé.",
        "Het canvas is gewaxt: een bui rolt eraf en de vouwen vertellen waar je geweest bent.",
        "Das Canvas ist gewachst: Ein Schauer perlt ab, und die Falten erzählen, wo Sie waren.",
        "La lona está encerada: el chaparrón resbala y los pliegues cuentan por dónde has pasado.",
    ),
)
add_material(
    "leather",
    "leather",
    "leather",
    1.5,
    "leather",
    ("Leather", "Cuir", "Leer", "Leder", "Piel"),
    (
        "in vegetable-tanned leather",
        "en cuir à tannage végétal",
        "van plantaardig gelooid leer",
        "aus pflanzlich gegerbtem Leder",
        "de piel de curtido vegetal",
    ),
    (
        "The leather is tanned with bark and time; it starts out firm and becomes yours.",
        "Le cuir est tanné à l'écorce, lentement ; ferme au début, il se fait peu à peu à vous.",
        "Het leer wordt gelooid met schors en geduld; het begint stevig en wordt vanzelf van jou.",
        "Das Leder wird mit Rinde und viel Zeit gegerbt; anfangs fest, wird es nach und nach zu Ihrem.",
        "La piel se curte con corteza y tiempo; al principio es firme y poco a poco se hace a ti.",
    ),
)
add_material(
    "suede",
    "fabric",
    "leather",
    1.4,
    "leather",
    ("Suede", "Cuir velours", "Suède", "Veloursleder", "Ante"),
    ("in suede", "en cuir velours", "van suède", "aus Veloursleder", "de ante"),
    (
        "The suede is brushed twice for an even nap and treated against rain.",
        "Le cuir velours est brossé deux fois pour un toucher régulier et traité contre la pluie.",
        "Het suède wordt twee keer geborsteld voor een gelijkmatige vleug en tegen regen behandeld.",
        "Das Veloursleder wird zweimal gebürstet und gegen Regen behandelt.",
        "El ante se cepilla dos veces para lograr un tacto uniforme y se trata contra la lluvia.",
    ),
)
add_material(
    "acetate",
    "gloss satin",
    "lens",
    1.1,
    "",
    ("Bio-acetate", "Bioacétate", "Bioacetaat", "Bio-Acetat", "Bioacetato"),
    ("in bio-acetate", "en bioacétate", "van bioacetaat", "aus Bio-Acetat", "de bioacetato"),
    (
        "Bio-acetate is made from wood pulp and cotton, polished for three days in drums of beech.",
        "Le bioacétate, issu de pulpe de bois et de coton, est poli trois jours durant dans des tambours de hêtre.",
        "Bioacetaat wordt gemaakt van houtpulp en katoen en drie dagen gepolijst in beukenhouten trommels.",
        "Bio-Acetat entsteht aus Zellstoff und Baumwolle und wird drei Tage lang in Buchentrommeln poliert.",
        "El bioacetato, hecho de pulpa de madera y algodón, se pule durante tres días en tambores de haya.",
    ),
)
add_material(
    "titanium",
    "metal",
    "lens",
    1.6,
    "metal",
    ("Titanium", "Titane", "Titanium", "Titan", "Titanio"),
    ("in titanium", "en titane", "van titanium", "aus Titan", "de titanio"),
    (
        "Titanium weighs almost nothing, bends without breaking and is kind to sensitive skin.",
        "Le titane ne pèse presque rien, plie sans rompre et ménage les peaux sensibles.",
        "Titanium weegt bijna niets, buigt zonder te breken en is vriendelijk voor een gevoelige huid.",
        "Titan wiegt fast nichts, biegt sich, ohne zu brechen, und ist sanft zu empfindlicher Haut.",
        "El titanio apenas pesa, se dobla sin romperse y respeta las pieles sensibles.",
    ),
)
add_material(
    "soywax",
    "matte satin gloss",
    "candle",
    1.0,
    "",
    ("Soy wax", "Cire de soja", "Sojawas", "Sojawachs", "Cera de soja"),
    ("in soy wax", "en cire de soja", "van sojawas", "aus Sojawachs", "de cera de soja"),
    (
        "Soy wax burns slowly and without soot, and carries a scent without shouting it.",
        "La cire de soja brûle lentement, sans suie, et porte le parfum sans l'imposer.",
        "Sojawas brandt traag en zonder roet, en draagt een geur zonder die op te dringen.",
        "Sojawachs brennt langsam und rußfrei und trägt einen Duft, ohne ihn aufzudrängen.",
        "La cera de soja arde despacio y sin hollín, y difunde el aroma sin imponerlo.",
    ),
)
add_material(
    "beeswax",
    "matte satin",
    "candle",
    1.3,
    "earth",
    ("Beeswax", "Cire d'abeille", "Bijenwas", "Bienenwachs", "Cera de abeja"),
    ("in beeswax", "en cire d'abeille", "van bijenwas", "aus Bienenwachs", "de cera de abeja"),
    (
        "Pure beeswax gives a warm, steady flame and smells faintly of honey all by itself.",
        "La cire d'abeille pure donne une flamme chaude et stable, et sent naturellement le miel.",
        "Zuivere bijenwas geeft een warme, rustige vlam en ruikt van zichzelf licht naar honing.",
        "Reines Bienenwachs gibt eine warme, ruhige Flamme und duftet von sich aus leicht nach Honig.",
        "La cera de abeja pura da una llama cálida y estable, y huele por sí sola a miel.",
    ),
)
add_material(
    "recycled",
    "matte satin gloss",
    "device",
    0.95,
    "",
    (
        "Recycled plastic",
        "Plastique recyclé",
        "Gerecycled kunststof",
        "Recycelter Kunststoff",
        "Plástico reciclado",
    ),
    (
        "in recycled plastic",
        "en plastique recyclé",
        "van gerecycled kunststof",
        "aus recyceltem Kunststoff",
        "de plástico reciclado",
    ),
    (
        "The plastic comes from old fridges and coffee machines; the screws stay reachable for the next repair.",
        "Le plastique vient d'anciens frigos et machines à café ; les vis restent accessibles pour la prochaine réparation.",
        "De kunststof komt van oude koelkasten en koffiezetapparaten; de schroeven blijven bereikbaar voor een herstelling.",
        "Der Kunststoff stammt aus alten Kühlschränken und Kaffeemaschinen; die Schrauben bleiben für die nächste Reparatur zugänglich.",
        "El plástico procede de neveras y cafeteras viejas; los tornillos quedan accesibles para la próxima reparación.",
    ),
)
add_material(
    "magnesium",
    "satin matte",
    "device",
    1.3,
    "device",
    ("Magnesium", "Magnésium", "Magnesium", "Magnesium", "Magnesio"),
    ("in magnesium", "en magnésium", "van magnesium", "aus Magnesium", "de magnesio"),
    (
        "Magnesium makes a case that is a third lighter than aluminium and does not flex.",
        "Le magnésium donne un boîtier d'un tiers plus léger que l'aluminium, et qui ne plie pas.",
        "Magnesium geeft een behuizing die een derde lichter is dan aluminium en niet doorbuigt.",
        "Magnesium ergibt ein Gehäuse, das ein Drittel leichter ist als Aluminium und nicht nachgibt.",
        "El magnesio permite una carcasa un tercio más ligera que la de aluminio y que no flexa.",
    ),
)
add_material(
    "woolfelt",
    "fabric",
    "spot",
    1.05,
    "",
    ("Wool felt", "Feutre de laine", "Wolvilt", "Wollfilz", "Fieltro de lana"),
    ("in wool felt", "en feutre de laine", "van wolvilt", "aus Wollfilz", "de fieltro de lana"),
    (
        "Wool felt softens sound and touch alike and shrugs off small stains.",
        "Le feutre de laine adoucit le son comme le toucher et ne craint pas les petites taches.",
        "Wolvilt dempt geluid, voelt zacht aan en trekt zich van een vlekje niets aan.",
        "Wollfilz dämpft den Klang, fühlt sich weich an und nimmt kleine Flecken nicht übel.",
        "El fieltro de lana suaviza el sonido y el tacto, y no teme las pequeñas manchas.",
    ),
)
