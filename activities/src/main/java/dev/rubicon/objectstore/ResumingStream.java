package dev.rubicon.objectstore;

import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads an object to its end over as many connections as it takes. The entity tag of the first
 * answer binds the later ones, so that two versions of an object are never glued together.
 */
final class ResumingStream extends InputStream {
  private static final int BREAKS_IN_A_ROW = 5;

  /** Less than this between two breaks is no progress. */
  private static final long PROGRESS = 1L << 20;

  private final S3Client s3;
  private final String bucket;
  private final String fullKey;
  private final String key;
  private final Traffic traffic;
  private ResponseInputStream<GetObjectResponse> current;
  private String etag;
  private long length;
  private long position;
  private long brokeAt;
  private int breaks;

  ResumingStream(S3Client s3, String bucket, String fullKey, String key, Traffic traffic) {
    this.s3 = s3;
    this.bucket = bucket;
    this.fullKey = fullKey;
    this.key = key;
    this.traffic = traffic;
    current = open();
    etag = current.response().eTag();
    length = current.response().contentLength();
  }

  private ResponseInputStream<GetObjectResponse> open() {
    var request = GetObjectRequest.builder().bucket(bucket).key(fullKey);
    if (position > 0) {
      request.range("bytes=" + position + "-").ifMatch(etag);
    }
    return S3Call.run("reading " + key, traffic, attempt -> s3.getObject(request.build()));
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int count) throws IOException {
    while (true) {
      if (position >= length) {
        return -1;
      }
      try {
        int got = current.read(into, offset, count);
        if (got < 0) {
          throw new IOException("the connection ended early");
        }
        position += got;
        return got;
      } catch (IOException | SdkClientException e) {
        breaks = position - brokeAt >= PROGRESS ? 1 : breaks + 1;
        brokeAt = position;
        if (breaks > BREAKS_IN_A_ROW || traffic.stopped()) {
          throw S3Call.coded("reading " + key, SdkClientException.create("broken", e));
        }
        current.abort();
        S3Call.pause("reading " + key, breaks);
        current = open();
      }
    }
  }

  @Override
  public void close() {
    // Abort rather than close: closing would read the rest of a big object for nothing.
    current.abort();
  }
}
