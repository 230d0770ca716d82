"""Hides, woven and man-made materials; adds itself to `materials.MATERIALS`."""

from __future__ import annotations

from app.ops.demo.content.materials import add_material

add_material(
    "canvas", "fabric", "spot", 0.9, "",
    ("Canvas", "Toile", "Canvas", "Canvas", "Lona"),
    ("in canvas", "en toile", "van canvas", "aus Canvas", "de lona"),
    (
        "The cotton canvas is waxed once, so rain rolls off and creases stay soft.",
        "La toile de coton est cirée une fois : la pluie glisse et les plis restent souples.",
        "Het katoenen canvas is één keer gewaxt: regen rolt eraf en vouwen blijven soepel.",
        "Der Baumwollcanvas ist einmal gewachst: Regen perlt ab, und Falten bleiben weich.",
        "La lona de algodón está encerada una vez: la lluvia resbala y los pliegues quedan suaves.",
    ),
)  # fmt: skip
add_material(
    "leather", "leather", "leather", 1.6, "leather",
    ("Leather", "Cuir", "Leer", "Leder", "Cuero"),
    ("in leather", "en cuir", "van leer", "aus Leder", "de cuero"),
    (
        "The vegetable-tanned leather darkens with use and tells where it has been.",
        "Le cuir au tannage végétal fonce à l'usage et raconte où il est passé.",
        "Het plantaardig gelooide leer wordt donkerder door gebruik en vertelt waar het is geweest.",
        "Das pflanzlich gegerbte Leder dunkelt mit der Zeit nach und erzählt, wo es war.",
        "El cuero de curtido vegetal se oscurece con el uso y cuenta por dónde ha pasado.",
    ),
)  # fmt: skip
add_material(
    "suede", "leather", "leather", 1.4, "earth",
    ("Suede", "Daim", "Suède", "Wildleder", "Ante"),
    ("in suede", "en daim", "van suède", "aus Wildleder", "de ante"),
    (
        "The suede is brushed by hand and treated against the first rain.",
        "Le daim est brossé à la main et protégé contre la première pluie.",
        "De suède is met de hand geborsteld en tegen de eerste regen behandeld.",
        "Das Wildleder ist von Hand gebürstet und gegen den ersten Regen geschützt.",
        "El ante se cepilla a mano y va protegido contra la primera lluvia.",
    ),
)  # fmt: skip
add_material(
    "acetate", "gloss satin", "lens", 1.2, "leather",
    ("Acetate", "Acétate", "Acetaat", "Acetat", "Acetato"),
    ("in acetate", "en acétate", "van acetaat", "aus Acetat", "de acetato"),
    (
        "The acetate is cut from a solid sheet and polished for two days.",
        "L'acétate est découpé dans une plaque pleine et poli pendant deux jours.",
        "Het acetaat wordt uit een volle plaat gezaagd en twee dagen gepolijst.",
        "Das Acetat wird aus einer vollen Platte geschnitten und zwei Tage lang poliert.",
        "El acetato se corta de una plancha maciza y se pule durante dos días.",
    ),
)  # fmt: skip
add_material(
    "rapeseed", "matte", "candle", 0.8, "pale",
    ("Rapeseed wax", "Cire de colza", "Koolzaadwas", "Rapswachs", "Cera de colza"),
    ("of rapeseed wax", "en cire de colza", "van koolzaadwas", "aus Rapswachs", "de cera de colza"),
    (
        "Rapeseed wax from Belgian fields burns slowly and leaves no soot.",
        "La cire de colza des champs belges brûle lentement et sans suie.",
        "Koolzaadwas van Belgische velden brandt langzaam en roetvrij.",
        "Rapswachs von belgischen Feldern brennt langsam und ohne Ruß.",
        "La cera de colza de campos belgas arde despacio y sin hollín.",
    ),
)  # fmt: skip
add_material(
    "recycled", "matte satin matte", "device", 0.9, "device",
    ("Recycled polymer", "Polymère recyclé", "Gerecycled polymeer", "Recyceltes Polymer", "Polímero reciclado"),
    ("in recycled polymer", "en polymère recyclé", "van gerecycled polymeer", "aus recyceltem Polymer",
     "de polímero reciclado"),
    (
        "The shell is made of recycled polymer, screwed and not glued, so that it can be opened and repaired.",
        "La coque est en polymère recyclé, vissée et non collée : on peut l'ouvrir et la réparer.",
        "De behuizing is van gerecycled polymeer, geschroefd en niet gelijmd: ze kan open en is te repareren.",
        "Das Gehäuse besteht aus recyceltem Polymer, geschraubt statt geklebt: Es lässt sich öffnen und reparieren.",
        "La carcasa es de polímero reciclado, atornillada y no pegada: se puede abrir y reparar.",
    ),
)  # fmt: skip
add_material(
    "anodised", "metal satin", "device", 1.3, "device",
    ("Anodised aluminium", "Aluminium anodisé", "Geanodiseerd aluminium", "Eloxiertes Aluminium",
     "Aluminio anodizado"),
    ("in anodised aluminium", "en aluminium anodisé", "van geanodiseerd aluminium", "aus eloxiertem Aluminium",
     "de aluminio anodizado"),
    (
        "The aluminium is milled from one block and anodised, so the colour cannot wear off.",
        "L'aluminium est fraisé dans la masse puis anodisé : la couleur ne s'use pas.",
        "Het aluminium is uit één blok gefreesd en geanodiseerd: de kleur kan niet slijten.",
        "Das Aluminium ist aus einem Block gefräst und eloxiert: Die Farbe nutzt sich nicht ab.",
        "El aluminio se fresa de un solo bloque y se anodiza: el color no se desgasta.",
    ),
)  # fmt: skip
