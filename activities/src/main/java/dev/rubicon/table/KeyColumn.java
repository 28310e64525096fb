package dev.rubicon.table;

/** A column of the key along which a table is walked. */
public record KeyColumn(String name, String type) {}
