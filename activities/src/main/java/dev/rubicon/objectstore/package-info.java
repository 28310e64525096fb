/** Objects: bundles, backups, audit anchors and reports, over the S3 protocol. */
package dev.rubicon.objectstore;
