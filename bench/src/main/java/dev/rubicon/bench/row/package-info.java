/** What is measured, one benchmark in a file. */
package dev.rubicon.bench.row;
