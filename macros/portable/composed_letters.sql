{% macro composed_letters() %}
    {#-
        The small letters of Latin, Greek (of today) and Cyrillic that Unicode composes of a letter and a combining mark:
        by mark, the letters and what each becomes with it.
    -#}
    {{ return({
        '\u0300': ['aeiouünеиēōwâăêôơưy', 'àèìòùǜǹѐѝḕṑẁầằềồờừỳ'],
        '\u0301': ['aeiouyclnrszügåæøϊαεηιϋουωϒгкçēïkmõōpũwâăêôơư', 'áéíóúýćĺńŕśźǘǵǻǽǿΐάέήίΰόύώϓѓќḉḗḯḱḿṍṓṕṹẃấắếốớứ'],
        '\u0302': ['aeioucghjswyzạẹọ', 'âêîôûĉĝĥĵŝŵŷẑậệộ'],
        '\u0303': ['anoiuvâăeêôơưy', 'ãñõĩũṽẫẵẽễỗỡữỹ'],
        '\u0304': ['aeiouüäȧæǫöõȯyиуgḷṛ', 'āēīōūǖǟǡǣǭȫȭȱȳӣӯḡḹṝ'],
        '\u0306': ['aegiouиужаеȩạ', 'ăĕğĭŏŭйўӂӑӗḝặ'],
        '\u0307': ['cegzaobdfhmnprsśšṣtwxyſ', 'ċėġżȧȯḃḋḟḣṁṅṗṙṡṥṧṩṫẇẋẏẛ'],
        '\u0308': ['aeiouyιυϒеіаәжзиоөэучыhõūwxt', 'äëïöüÿϊϋϔёїӓӛӝӟӥӧӫӭӱӵӹḧṏṻẅẍẗ'],
        '\u0309': ['aâăeêioôơuưy', 'ảẩẳẻểỉỏổởủửỷ'],
        '\u030a': ['auwy', 'åůẘẙ'],
        '\u030b': ['ouу', 'őűӳ'],
        '\u030c': ['cdelnrstzaiouügkʒjh', 'čďěľňřšťžǎǐǒǔǚǧǩǯǰȟ'],
        '\u030f': ['aeioruѵ', 'ȁȅȉȍȑȕѷ'],
        '\u0311': ['aeioru', 'ȃȇȋȏȓȗ'],
        '\u031b': ['ou', 'ơư'],
        '\u0323': ['bdhklmnrstvwzaeioơuưy', 'ḅḍḥḳḷṃṇṛṣṭṿẉẓạẹịọợụựỵ'],
        '\u0324': ['u', 'ṳ'],
        '\u0325': ['a', 'ḁ'],
        '\u0326': ['st', 'șț'],
        '\u0327': ['cgklnrstedh', 'çģķļņŗşţȩḑḩ'],
        '\u0328': ['aeiuo', 'ąęįųǫ'],
        '\u032d': ['delntu', 'ḓḙḽṋṱṷ'],
        '\u032e': ['h', 'ḫ'],
        '\u0330': ['eiu', 'ḛḭṵ'],
        '\u0331': ['bdklnrtzh', 'ḇḏḵḻṉṟṯẕẖ'],
    }) }}
{% endmacro %}
