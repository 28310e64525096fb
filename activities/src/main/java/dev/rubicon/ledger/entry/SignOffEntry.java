package dev.rubicon.ledger.entry;

import java.time.Instant;

/** A manual item, done outside and signed off. */
public record SignOffEntry(String item, String principal, String reason, Instant signedAt) {}
