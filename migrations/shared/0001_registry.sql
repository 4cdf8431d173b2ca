-- Which tenants are there? Everything else of a tenant lies in the tenant's own schema.
CREATE TABLE {shared}.tenant (
    name text PRIMARY KEY,
    created timestamptz NOT NULL
);
