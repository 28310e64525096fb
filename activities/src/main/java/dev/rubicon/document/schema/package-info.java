/** A database as its documents describe it: relations, columns, what points where. */
package dev.rubicon.document.schema;
