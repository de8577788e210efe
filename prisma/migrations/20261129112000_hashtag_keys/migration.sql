-- Hashtags whose keys differ in ways of writing one letter only (foldVariants of @tintype/text) become one: their rows move to the key
-- that is made of them now. Processes of the release before write old keys until they end.

CREATE FUNCTION "post"."renewed_key"(key text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT normalize(replace(replace(replace(translate(key,
    U&'\06A9\06CC\06C1\06C3\0671\301C'||'٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹߀߁߂߃߄߅߆߇߈߉०१२३४५६७८९০১২৩৪৫৬৭৮৯੦੧੨੩੪੫੬੭੮੯૦૧૨૩૪૫૬૭૮૯୦୧୨୩୪୫୬୭୮୯௦௧௨௩௪௫௬௭௮௯౦౧౨౩౪౫౬౭౮౯೦೧೨೩೪೫೬೭೮೯൦൧൨൩൪൫൬൭൮൯෦෧෨෩෪෫෬෭෮෯๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙༠༡༢༣༤༥༦༧༨༩၀၁၂၃၄၅၆၇၈၉႐႑႒႓႔႕႖႗႘႙០១២៣៤៥៦៧៨៩᠐᠑᠒᠓᠔᠕᠖᠗᠘᠙᥆᥇᥈᥉᥊᥋᥌᥍᥎᥏᧐᧑᧒᧓᧔᧕᧖᧗᧘᧙᪀᪁᪂᪃᪄᪅᪆᪇᪈᪉᪐᪑᪒᪓᪔᪕᪖᪗᪘᪙᭐᭑᭒᭓᭔᭕᭖᭗᭘᭙᮰᮱᮲᮳᮴᮵᮶᮷᮸᮹᱀᱁᱂᱃᱄᱅᱆᱇᱈᱉᱐᱑᱒᱓᱔᱕᱖᱗᱘᱙꘠꘡꘢꘣꘤꘥꘦꘧꘨꘩꣐꣑꣒꣓꣔꣕꣖꣗꣘꣙꤀꤁꤂꤃꤄꤅꤆꤇꤈꤉꧐꧑꧒꧓꧔꧕꧖꧗꧘꧙꧰꧱꧲꧳꧴꧵꧶꧷꧸꧹꩐꩑꩒꩓꩔꩕꩖꩗꩘꩙꯰꯱꯲꯳꯴꯵꯶꯷꯸꯹𐒠𐒡𐒢𐒣𐒤𐒥𐒦𐒧𐒨𐒩𐴰𐴱𐴲𐴳𐴴𐴵𐴶𐴷𐴸𐴹𐵀𐵁𐵂𐵃𐵄𐵅𐵆𐵇𐵈𐵉𑁦𑁧𑁨𑁩𑁪𑁫𑁬𑁭𑁮𑁯𑃰𑃱𑃲𑃳𑃴𑃵𑃶𑃷𑃸𑃹𑄶𑄷𑄸𑄹𑄺𑄻𑄼𑄽𑄾𑄿𑇐𑇑𑇒𑇓𑇔𑇕𑇖𑇗𑇘𑇙𑋰𑋱𑋲𑋳𑋴𑋵𑋶𑋷𑋸𑋹𑑐𑑑𑑒𑑓𑑔𑑕𑑖𑑗𑑘𑑙𑓐𑓑𑓒𑓓𑓔𑓕𑓖𑓗𑓘𑓙𑙐𑙑𑙒𑙓𑙔𑙕𑙖𑙗𑙘𑙙𑛀𑛁𑛂𑛃𑛄𑛅𑛆𑛇𑛈𑛉𑛐𑛑𑛒𑛓𑛔𑛕𑛖𑛗𑛘𑛙𑛚𑛛𑛜𑛝𑛞𑛟𑛠𑛡𑛢𑛣𑜰𑜱𑜲𑜳𑜴𑜵𑜶𑜷𑜸𑜹𑣠𑣡𑣢𑣣𑣤𑣥𑣦𑣧𑣨𑣩𑥐𑥑𑥒𑥓𑥔𑥕𑥖𑥗𑥘𑥙𑯰𑯱𑯲𑯳𑯴𑯵𑯶𑯷𑯸𑯹𑱐𑱑𑱒𑱓𑱔𑱕𑱖𑱗𑱘𑱙𑵐𑵑𑵒𑵓𑵔𑵕𑵖𑵗𑵘𑵙𑶠𑶡𑶢𑶣𑶤𑶥𑶦𑶧𑶨𑶩𑷠𑷡𑷢𑷣𑷤𑷥𑷦𑷧𑷨𑷩𑽐𑽑𑽒𑽓𑽔𑽕𑽖𑽗𑽘𑽙𖄰𖄱𖄲𖄳𖄴𖄵𖄶𖄷𖄸𖄹𖩠𖩡𖩢𖩣𖩤𖩥𖩦𖩧𖩨𖩩𖫀𖫁𖫂𖫃𖫄𖫅𖫆𖫇𖫈𖫉𖭐𖭑𖭒𖭓𖭔𖭕𖭖𖭗𖭘𖭙𖵰𖵱𖵲𖵳𖵴𖵵𖵶𖵷𖵸𖵹𞅀𞅁𞅂𞅃𞅄𞅅𞅆𞅇𞅈𞅉𞋰𞋱𞋲𞋳𞋴𞋵𞋶𞋷𞋸𞋹𞓰𞓱𞓲𞓳𞓴𞓵𞓶𞓷𞓸𞓹𞗱𞗲𞗳𞗴𞗵𞗶𞗷𞗸𞗹𞗺𞥐𞥑𞥒𞥓𞥔𞥕𞥖𞥗𞥘𞥙'||U&'\0640',
    U&'\0643\064A\0647\0629\0627~'||'01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789'),
    U&'\06C0', U&'\0647\0654'), U&'\06C2', U&'\0647\0654'), U&'\00DF', 'ss'), NFKC)
$$;

-- post: what is listed, then the counts of all that these posts have.
CREATE TEMPORARY TABLE "touched" AS
  SELECT DISTINCT post_id FROM "post"."post_hashtag" WHERE key <> "post"."renewed_key"(key);
DELETE FROM "post"."post_hashtag" one USING "post"."post_hashtag" other
  WHERE one.post_id IN (SELECT post_id FROM "touched") AND other.post_id = one.post_id AND other.position < one.position
    AND "post"."renewed_key"(other.key) = "post"."renewed_key"(one.key);
UPDATE "post"."post_hashtag" SET key = "post"."renewed_key"(key)
  WHERE post_id IN (SELECT post_id FROM "touched") AND key <> "post"."renewed_key"(key);
INSERT INTO "post"."hashtag" (key, name, post_count)
  SELECT DISTINCT ON ("post"."renewed_key"(key)) "post"."renewed_key"(key), name, 0 FROM "post"."hashtag"
  WHERE key <> "post"."renewed_key"(key) ORDER BY "post"."renewed_key"(key), post_count DESC
  ON CONFLICT DO NOTHING;
DELETE FROM "post"."hashtag" WHERE key <> "post"."renewed_key"(key);
UPDATE "post"."hashtag" h SET post_count = (SELECT count(*) FROM "post"."post_hashtag" p WHERE p.key = h.key)
  WHERE key IN (SELECT key FROM "post"."post_hashtag" WHERE post_id IN (SELECT post_id FROM "touched"));
DELETE FROM "post"."hashtag_pair" WHERE key <> "post"."renewed_key"(key) OR other <> "post"."renewed_key"(other);
CREATE TEMPORARY TABLE "beside" AS
  SELECT DISTINCT key FROM "post"."post_hashtag" WHERE post_id IN (SELECT post_id FROM "touched");
DELETE FROM "post"."hashtag_pair" WHERE key IN (SELECT key FROM "beside") AND other IN (SELECT key FROM "beside");
-- The first ten of each post, as PAIRED of pair.repository.ts says.
INSERT INTO "post"."hashtag_pair" (key, other, post_count)
  SELECT one.key, other.key, count(*)
  FROM (SELECT key, post_id, row_number() OVER (PARTITION BY post_id ORDER BY position) AS place FROM "post"."post_hashtag"
    WHERE paired AND post_id IN (SELECT post_id FROM "post"."post_hashtag" WHERE key IN (SELECT key FROM "beside"))) one
  JOIN (SELECT key, post_id, row_number() OVER (PARTITION BY post_id ORDER BY position) AS place FROM "post"."post_hashtag"
    WHERE paired AND post_id IN (SELECT post_id FROM "post"."post_hashtag" WHERE key IN (SELECT key FROM "beside"))) other
    ON other.post_id = one.post_id AND other.key <> one.key
  WHERE one.place <= 10 AND other.place <= 10
    AND one.key IN (SELECT key FROM "beside") AND other.key IN (SELECT key FROM "beside")
  GROUP BY 1, 2;
DROP TABLE "beside";
DROP TABLE "touched";

-- feed: timelines of hashtags have another name from now on, so they are built anew; homes are brought in line by a job.
INSERT INTO "feed"."hashtag_post" (key, post_id, published_ms, author_id, deleted)
  SELECT "post"."renewed_key"(key), post_id, published_ms, author_id, deleted FROM "feed"."hashtag_post"
  WHERE key <> "post"."renewed_key"(key) ON CONFLICT DO NOTHING;
DELETE FROM "feed"."hashtag_post" WHERE key <> "post"."renewed_key"(key);
INSERT INTO "feed"."hashtag_follow" AS f (reader_id, key, id, follows)
  SELECT DISTINCT ON (reader_id, "post"."renewed_key"(key)) reader_id, "post"."renewed_key"(key), id, true FROM "feed"."hashtag_follow"
  WHERE follows AND key <> "post"."renewed_key"(key) ORDER BY reader_id, "post"."renewed_key"(key), id DESC
  ON CONFLICT (reader_id, key) DO UPDATE SET id = excluded.id, follows = true, settled = false, changed_at = now() WHERE NOT f.follows;
UPDATE "feed"."hashtag_follow" SET follows = false, settled = false, changed_at = now()
  WHERE follows AND key <> "post"."renewed_key"(key);

-- search: posts that count for two ways of writing count for one.
CREATE TEMPORARY TABLE "renewed" AS
  SELECT DISTINCT "post"."renewed_key"(key) AS key FROM "search"."hashtag" WHERE key <> "post"."renewed_key"(key);
UPDATE "search"."post" SET dirty = true,
    hashtags = ARRAY(SELECT "post"."renewed_key"(key) FROM unnest(hashtags) WITH ORDINALITY AS had(key, place) GROUP BY 1 ORDER BY min(place))
  WHERE EXISTS (SELECT FROM unnest(hashtags) AS key WHERE key <> "post"."renewed_key"(key));
UPDATE "search"."hashtag" SET post_count = 0, dirty = true WHERE key <> "post"."renewed_key"(key);
INSERT INTO "search"."hashtag" AS h (key, post_count)
  SELECT key, (SELECT count(*) FROM "search"."post" p WHERE p.counted AND renewed.key = ANY(p.hashtags)) FROM "renewed" renewed
  ON CONFLICT (key) DO UPDATE SET post_count = excluded.post_count, dirty = true;
DROP TABLE "renewed";

-- engagement and social_graph.
UPDATE "engagement"."comment" SET
    hashtags = ARRAY(SELECT "post"."renewed_key"(key) FROM unnest(hashtags) WITH ORDINALITY AS had(key, place) GROUP BY 1 ORDER BY min(place))
  WHERE EXISTS (SELECT FROM unnest(hashtags) AS key WHERE key <> "post"."renewed_key"(key));
INSERT INTO "social_graph"."topic_post" (key, post_id, author_id, published_at, deleted)
  SELECT "post"."renewed_key"(key), post_id, author_id, published_at, deleted FROM "social_graph"."topic_post"
  WHERE key <> "post"."renewed_key"(key) ON CONFLICT DO NOTHING;
DELETE FROM "social_graph"."topic_post" WHERE key <> "post"."renewed_key"(key);
INSERT INTO "social_graph"."topic" (key, due_at)
  SELECT DISTINCT "post"."renewed_key"(key), now() FROM "social_graph"."topic" WHERE key <> "post"."renewed_key"(key)
  ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at;
DELETE FROM "social_graph"."topic" WHERE key <> "post"."renewed_key"(key);
DELETE FROM "social_graph"."influencer" WHERE key <> "post"."renewed_key"(key);

DROP FUNCTION "post"."renewed_key"(text);
