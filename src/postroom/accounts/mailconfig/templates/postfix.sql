-- What Postfix asks the database `vmail`: one query for each table of main.cf, in the dialects of its drivers.
-- Postfix puts in, quoted, the key as %s, what stands behind its @ as %d, what stands before it as %u. It does not ask
-- at all when a key lacks the part that a query names.
-- A line that ends in names of dialects is for those alone. Lines of comment above a query go into its file.
-- Source: section "Postfix maps (SQL)" of the schema reference.

-- query: transport-user
-- Where mail for a user goes, when that is not where mail for the domain goes.
SELECT mailbox.transport
FROM mailbox JOIN domain ON domain.domain = mailbox.domain
WHERE mailbox.username = '%s' AND domain.domain = '%d'
  AND mailbox.transport <> '' AND mailbox.active = 1 AND mailbox.enabledeliver = 1
  AND domain.active = 1 AND domain.backupmx = 0

-- query: transport-list
-- Where mail for a subscribable list goes.
SELECT maillists.transport
FROM maillists JOIN domain ON domain.domain = maillists.domain
WHERE maillists.address = '%s' AND maillists.transport <> '' AND maillists.active = 1
  AND domain.active = 1

-- query: transport-domain
-- Where mail for a domain goes; for a backup MX this names the primary one.
SELECT transport
FROM domain
WHERE domain = '%s' AND transport <> '' AND active = 1

-- query: relayhost
-- Through which host mail of a sender, or of a sender's domain, leaves. Postfix asks for `@domain`, too.
SELECT relayhost
FROM sender_relayhost
WHERE account = '%s' AND relayhost <> ''

-- query: sender-login
-- Who may send as a user: the user.
SELECT mailbox.username
FROM mailbox JOIN domain ON domain.domain = mailbox.domain
WHERE mailbox.username = '%s' AND mailbox.enablesmtp = 1 AND mailbox.active = 1
  AND domain.domain = '%d' AND domain.active = 1 AND domain.backupmx = 0

-- query: sender-login-alias
-- Who may send as a further address of a user: the user.
SELECT mailbox.username
FROM forwardings
JOIN mailbox ON mailbox.username = forwardings.forwarding
JOIN domain ON domain.domain = mailbox.domain
WHERE forwardings.address = '%s' AND forwardings.is_alias = 1 AND forwardings.active = 1
  AND mailbox.enablesmtp = 1 AND mailbox.active = 1
  AND domain.active = 1 AND domain.backupmx = 0

-- query: sender-login-alias-domain
-- Who may send as the same name at a further name of the domain: the user.
SELECT mailbox.username
FROM alias_domain
JOIN domain ON domain.domain = alias_domain.target_domain
JOIN mailbox ON mailbox.domain = domain.domain
WHERE alias_domain.alias_domain = '%d' AND alias_domain.active = 1
  AND mailbox.username = '%u' || '@' || domain.domain         -- sqlite, pgsql
  AND mailbox.username = CONCAT('%u', '@', domain.domain)     -- mysql
  AND mailbox.enablesmtp = 1 AND mailbox.active = 1
  AND domain.active = 1 AND domain.backupmx = 0

-- query: virtual-domains
-- Domains, and further names of domains, whose mail is delivered here.
-- The UNION is inside, for SQLite takes no parentheses around the parts of one.
SELECT name
FROM (
  SELECT domain AS name
  FROM domain
  WHERE domain = '%s' AND active = 1 AND backupmx = 0
  UNION
  SELECT alias_domain.alias_domain AS name
  FROM alias_domain JOIN domain ON domain.domain = alias_domain.target_domain
  WHERE alias_domain.alias_domain = '%s' AND alias_domain.active = 1
    AND domain.active = 1 AND domain.backupmx = 0
) AS hosted
LIMIT 1

-- query: relay-domains
-- Domains for which this is a backup MX.
SELECT domain
FROM domain
WHERE domain = '%s' AND backupmx = 1 AND active = 1

-- query: virtual-mailboxes
-- Whether a user gets mail. Dovecot knows where the mailbox is; Postfix only sees that there is one.
SELECT mailbox.username
FROM mailbox JOIN domain ON domain.domain = mailbox.domain
WHERE mailbox.username = '%s' AND mailbox.active = 1 AND mailbox.enabledeliver = 1
  AND domain.active = 1

-- query: aliases
-- Where mail for an address goes: users (to themselves and where they forward), their further addresses, aliases.
SELECT forwardings.forwarding
FROM forwardings JOIN domain ON domain.domain = '%d'
WHERE forwardings.address = '%s' AND forwardings.active = 1
  AND domain.active = 1 AND domain.backupmx = 0

-- query: aliases-alias-domain
-- The same for an address at a further name of a domain.
SELECT forwardings.forwarding
FROM alias_domain
JOIN domain ON domain.domain = alias_domain.target_domain
JOIN forwardings ON forwardings.domain = domain.domain
WHERE alias_domain.alias_domain = '%d' AND alias_domain.active = 1
  AND forwardings.address = '%u' || '@' || domain.domain         -- sqlite, pgsql
  AND forwardings.address = CONCAT('%u', '@', domain.domain)     -- mysql
  AND forwardings.active = 1
  AND domain.active = 1 AND domain.backupmx = 0

-- query: aliases-catchall
-- Where mail for addresses goes that nobody has. Only the key `@domain` is answered, which Postfix asks last: whoever
-- has an address comes first, with an extension behind the name as without.
SELECT forwardings.forwarding
FROM forwardings JOIN domain ON domain.domain = forwardings.address
WHERE '%s' = '@%d' AND forwardings.address = '%d' AND forwardings.active = 1
  AND domain.active = 1 AND domain.backupmx = 0

-- query: aliases-catchall-alias-domain
-- The same for a further name of a domain.
SELECT forwardings.forwarding
FROM alias_domain
JOIN domain ON domain.domain = alias_domain.target_domain
JOIN forwardings ON forwardings.address = domain.domain
WHERE '%s' = '@%d' AND alias_domain.alias_domain = '%d' AND alias_domain.active = 1
  AND forwardings.active = 1
  AND domain.active = 1 AND domain.backupmx = 0

-- query: sender-bcc-user
-- Who gets a copy of what a user sends.
SELECT sender_bcc_user.bcc_address
FROM sender_bcc_user JOIN domain ON domain.domain = sender_bcc_user.domain
WHERE sender_bcc_user.username = '%s' AND sender_bcc_user.active = 1
  AND domain.domain = '%d' AND domain.active = 1 AND domain.backupmx = 0

-- query: sender-bcc-domain
-- The same for a domain, asked last: a user's own comes first.
SELECT sender_bcc_domain.bcc_address
FROM sender_bcc_domain JOIN domain ON domain.domain = sender_bcc_domain.domain
WHERE '%s' = '@%d' AND sender_bcc_domain.domain = '%d' AND domain.active = 1

-- query: recipient-bcc-user
-- Who gets a copy of what a user gets.
SELECT recipient_bcc_user.bcc_address
FROM recipient_bcc_user JOIN domain ON domain.domain = recipient_bcc_user.domain
WHERE recipient_bcc_user.username = '%s' AND recipient_bcc_user.active = 1
  AND domain.domain = '%d' AND domain.active = 1 AND domain.backupmx = 0

-- query: recipient-bcc-domain
-- The same for a domain, asked last: a user's own comes first.
SELECT recipient_bcc_domain.bcc_address
FROM recipient_bcc_domain JOIN domain ON domain.domain = recipient_bcc_domain.domain
WHERE '%s' = '@%d' AND recipient_bcc_domain.domain = '%d' AND domain.active = 1
