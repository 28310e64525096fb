package dev.rubicon.transition;

/** A column of the key along which a table is walked. */
public record KeyColumn(String name, String type) {}
