package dev.rubicon.objectstore;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * A stream of unknown length on its way into one object, in bounded memory. Parts that fail are
 * sent again; nothing is visible under the key before {@link #finish}. Closing without finishing
 * aborts, so that a producer that dies in the middle leaves neither object nor parts behind.
 */
public final class MultipartUpload extends OutputStream {
  private static final String MARK = "rubicon-upload";

  private final S3Client s3;
  private final String bucket;
  private final String fullKey;
  private final String key;
  private final PartSizes sizes;
  private final String mark;
  private final String uploadId;
  private final List<CompletedPart> parts = new ArrayList<>();
  private final PartBuffer buffer = new PartBuffer();
  private final Traffic traffic = new Traffic();
  private final MessageDigest sha256 = Digests.sha256();
  private long bytes;
  private boolean ended;

  private MultipartUpload(
      S3Client s3,
      String bucket,
      String fullKey,
      String key,
      PartSizes sizes,
      String mark,
      String uploadId) {
    this.s3 = s3;
    this.bucket = bucket;
    this.fullKey = fullKey;
    this.key = key;
    this.sizes = sizes;
    this.mark = mark;
    this.uploadId = uploadId;
  }

  /**
   * What was stored.
   *
   * @param sha256 of the whole stream, hex
   */
  public record Uploaded(String key, long bytes, String sha256, int parts) {}

  static MultipartUpload begin(
      S3Client s3, String bucket, String fullKey, String key, int partLimit) {
    String mark = UUID.randomUUID().toString();
    String id =
        S3Call.run(
            "beginning an upload of " + key,
            attempt ->
                s3.createMultipartUpload(
                        r ->
                            r.bucket(bucket)
                                .key(fullKey)
                                .contentType("application/octet-stream")
                                .metadata(Map.of(MARK, mark)))
                    .uploadId());
    return new MultipartUpload(s3, bucket, fullKey, key, new PartSizes(partLimit), mark, id);
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int count) {
    if (ended) {
      throw new IllegalStateException("the upload of " + key + " has ended");
    }
    sha256.update(from, offset, count);
    bytes += count;
    int done = 0;
    while (done < count) {
      long room = sizes.of(parts.size() + 1) - buffer.size();
      int taken = (int) Math.min(room, count - done);
      buffer.write(from, offset + done, taken);
      done += taken;
      if (taken == room) {
        send();
      }
    }
  }

  /** The traffic with the store; stopping it fails the upload. */
  public Traffic traffic() {
    return traffic;
  }

  /** Bytes taken so far. */
  public long bytes() {
    return bytes;
  }

  /** Bytes of heap that the upload holds, for a stream of any length. */
  int held() {
    return buffer.held();
  }

  private void send() {
    int number = parts.size() + 1;
    if (number > sizes.limit()) {
      throw new RubiconException(
          ErrorCode.OBJECT_STORE_REFUSED,
          "the stream into "
              + key
              + " is longer than "
              + sizes.capacity()
              + " bytes, which is"
              + " what object-store: part-limit: "
              + sizes.limit()
              + " allows",
          "raise part-limit: in rubicon.yaml if the store allows more parts");
    }
    String md5 = buffer.md5();
    String etag =
        S3Call.run(
            "writing part " + number + " of " + key,
            traffic,
            attempt ->
                s3.uploadPart(
                        r ->
                            r.bucket(bucket)
                                .key(fullKey)
                                .uploadId(uploadId)
                                .partNumber(number)
                                .contentMD5(md5),
                        buffer.body())
                    .eTag());
    parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
    buffer.clear();
  }

  /** Makes the object visible. */
  public Uploaded finish() {
    if (buffer.size() > 0 || parts.isEmpty()) {
      send();
    }
    S3Call.run(
        "finishing the upload of " + key,
        traffic,
        attempt -> {
          try {
            return s3.completeMultipartUpload(
                r ->
                    r.bucket(bucket)
                        .key(fullKey)
                        .uploadId(uploadId)
                        .multipartUpload(m -> m.parts(parts)));
          } catch (SdkException e) {
            // The answer to an earlier attempt may have been lost on its way.
            if (attempt > 1 && S3Call.is(e, 404) && stored()) {
              return null;
            }
            throw e;
          }
        });
    ended = true;
    buffer.close();
    return new Uploaded(key, bytes, HexFormat.of().formatHex(sha256.digest()), parts.size());
  }

  private boolean stored() {
    var head = s3.headObject(r -> r.bucket(bucket).key(fullKey));
    return mark.equals(head.metadata().get(MARK)) && head.contentLength() == bytes;
  }

  /** Gives up: the store forgets the parts. */
  public void abort() {
    ended = true;
    buffer.close();
    S3Call.run(
        "aborting the upload of " + key,
        attempt -> {
          try {
            return s3.abortMultipartUpload(r -> r.bucket(bucket).key(fullKey).uploadId(uploadId));
          } catch (SdkException e) {
            if (S3Call.is(e, 404)) {
              return null;
            }
            throw e;
          }
        });
  }

  /** Aborts unless {@link #finish} has succeeded. */
  @Override
  public void close() {
    if (ended) {
      return;
    }
    try {
      abort();
    } catch (RubiconException e) {
      // The failure that led here is the one to report; the orphan is found by abortOrphans.
      org.slf4j.LoggerFactory.getLogger(MultipartUpload.class)
          .warn("an unfinished upload of {} stays in the store: {}", key, e.getMessage());
    }
  }
}
