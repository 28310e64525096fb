/** What is asked of PostgreSQL's catalog: one class for each part of it. */
package dev.rubicon.catalog.query;
