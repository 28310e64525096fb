/** Definitions of objects as records, read from what the catalog prints. */
package dev.rubicon.catalog.definition;
