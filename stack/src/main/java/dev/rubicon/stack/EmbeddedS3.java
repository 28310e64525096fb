package dev.rubicon.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * The S3 protocol over a folder, on loopback. It has no versioning, no object lock and no
 * server-side encryption; it refuses headers that it does not know rather than drop them silently.
 */
public final class EmbeddedS3 implements AutoCloseable {
  private final S3Proxy proxy;
  private final Path folder;
  private final String bucket;
  private final String accessKey;
  private final String secretKey;

  private EmbeddedS3(
      S3Proxy proxy, Path folder, String bucket, String accessKey, String secretKey) {
    this.proxy = proxy;
    this.folder = folder;
    this.bucket = bucket;
    this.accessKey = accessKey;
    this.secretKey = secretKey;
  }

  /**
   * @param folder holds the objects; they outlive the server
   * @param port 0: a free one
   * @param bucket created unless it is there
   */
  public static EmbeddedS3 start(
      Path folder, int port, String bucket, String accessKey, String secretKey) {
    try {
      Files.createDirectories(folder);
      var store = new FilesystemNio2BlobStore(folder.toAbsolutePath().toString());
      if (!store.containerExists(bucket)) {
        store.createContainer(bucket);
      }
      var proxy =
          S3Proxy.builder()
              .blobStore(store)
              .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
              .endpoint(URI.create("http://127.0.0.1:" + port))
              .v4MaxNonChunkedRequestSize(256L << 20)
              .metricsEnabled(false)
              .stopTimeout(0)
              .build();
      proxy.start();
      return new EmbeddedS3(proxy, folder, bucket, accessKey, secretKey);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) { // what S3Proxy.start declares
      throw new IllegalStateException("S3Proxy did not start: " + e.getMessage(), e);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port());
  }

  public int port() {
    return proxy.getPort();
  }

  public String region() {
    return "us-east-1";
  }

  public String bucket() {
    return bucket;
  }

  public String accessKey() {
    return accessKey;
  }

  public String secretKey() {
    return secretKey;
  }

  /** Where the objects lie, one file each. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) { // what S3Proxy.stop declares
      throw new IllegalStateException("S3Proxy did not stop: " + e.getMessage(), e);
    }
  }
}
