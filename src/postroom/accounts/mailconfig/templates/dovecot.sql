-- What Dovecot 2.3 asks the database `vmail`. %u is the address in lower case, %Ls the service (imap, lmtp and so on)
-- and %Lc how safe its connection is: nothing, `secured` (from this machine, or through Postfix) or `tls`. Together
-- they name the column that switches the service on for the user.
-- A line that ends in names of dialects is for those alone.
-- Source: section "Dovecot" of the schema reference.

-- query: password
SELECT mailbox.username AS user, mailbox.password AS password, mailbox.allow_nets AS allow_nets
FROM mailbox JOIN domain ON domain.domain = mailbox.domain
WHERE mailbox.username = '%u' AND mailbox.active = 1
  AND mailbox."enable%Ls%Lc" = 1     -- sqlite, pgsql
  AND mailbox.`enable%Ls%Lc` = 1     -- mysql
  AND domain.active = 1 AND domain.backupmx = 0

-- query: user
SELECT
  LOWER(mailbox.storagebasedirectory || '/' || mailbox.storagenode || '/' || mailbox.maildir) AS home,         -- sqlite, pgsql
  mailbox.mailboxformat || ':~/' || mailbox.mailboxfolder AS mail,                                             -- sqlite, pgsql
  '*:bytes=' || (mailbox.quota * 1048576) AS quota_rule                                                        -- sqlite, pgsql
  LOWER(CONCAT(mailbox.storagebasedirectory, '/', mailbox.storagenode, '/', mailbox.maildir)) AS home,         -- mysql
  CONCAT(mailbox.mailboxformat, ':~/', mailbox.mailboxfolder) AS mail,                                         -- mysql
  CONCAT('*:bytes=', mailbox.quota * 1048576) AS quota_rule                                                    -- mysql
FROM mailbox JOIN domain ON domain.domain = mailbox.domain
WHERE mailbox.username = '%u' AND mailbox.active = 1
  AND mailbox."enable%Ls%Lc" = 1     -- sqlite, pgsql
  AND mailbox.`enable%Ls%Lc` = 1     -- mysql
  AND domain.active = 1 AND domain.backupmx = 0

-- query: iterate
SELECT username AS user FROM mailbox
