-- The audit trail is a chain: each entry has one link, which holds the hash of the entry and of the link before. Links are made when a transaction commits, so
-- that whoever writes an entry early in a long one keeps nobody waiting. Entries and links are never changed.
create table audit_link (
  link bigint primary key check (link > 0),
  audit_id bigint not null unique references audit_event,
  hash bytea not null check (length(hash) = 32)
);

-- What a link says of an entry. Instants in UTC, to the microsecond; documents as PostgreSQL keeps them, their keys in its order.
create function audit_hash(link bigint, previous bytea, entry audit_event) returns bytea language sql stable as $$
  select sha256(convert_to(jsonb_build_array(link, coalesce(encode(previous, 'hex'), ''), entry.audit_id, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    entry.actor, entry.action, entry.subject, entry.before, entry.after)::text, 'UTF8'))
$$;

do $$
declare entry audit_event; n bigint := 0; last bytea;
begin
  for entry in select * from audit_event order by audit_id loop
    n := n + 1;
    insert into audit_link values (n, entry.audit_id, audit_hash(n, last, entry)) returning hash into last;
  end loop;
end $$;

create function chain_audit_entry() returns trigger language plpgsql as $$
declare last audit_link; next bigint;
begin
  perform pg_advisory_xact_lock(hashtext('audit-chain'), 0);
  select * into last from audit_link order by link desc limit 1;
  next := coalesce(last.link, 0) + 1;
  insert into audit_link values (next, new.audit_id, audit_hash(next, last.hash, new));
  return null;
end $$;
create constraint trigger chained after insert on audit_event deferrable initially deferred for each row execute function chain_audit_entry();

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger never_changed before update or delete on audit_event for each row execute function refuse_audit_change();
create trigger never_emptied before truncate on audit_event execute function refuse_audit_change();
create trigger never_changed before update or delete on audit_link for each row execute function refuse_audit_change();
create trigger never_emptied before truncate on audit_link execute function refuse_audit_change();

-- The last link as the daily check told it: what is cut off at the end afterwards is missed here, and in the mail of that day.
create table audit_seal (
  link bigint primary key,
  hash bytea not null,
  at timestamptz not null
);

-- The page of the trail: newest first, of one person or of one kind of act.
create index audit_event_actor on audit_event (actor, audit_id desc);
create index audit_event_action on audit_event (action, audit_id desc);

-- A link that lets somebody set a password: of a new account, or of one whose password was forgotten. Kept as a hash, used once.
create table user_invitation (
  token_hash bytea primary key,
  user_id int not null unique references app_user,
  expires_at timestamptz not null
);
alter table app_user alter column password_hash drop not null; -- null until the invitation is used

-- How far the clock that settled a message was behind the storefront's, where both cannot have been right: the lag between the two is measured across it.
alter table inbox add column clock_error_ms bigint;
