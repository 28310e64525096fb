package dev.rubicon.signing;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

/** Ed25519 keys in PEM files, as openssl writes them. */
public final class KeyFiles {
  static final String ALGORITHM = "Ed25519";
  private static final String MAKE = "make one: openssl genpkey -algorithm ed25519 -out FILE";

  private KeyFiles() {}

  /** A new private key, as the file holds it. */
  public static String generate() {
    try {
      return pem(
          "PRIVATE KEY", KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair().getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String what, Key key) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END "
        + what
        + "-----\n";
  }

  /** The private key, which nobody else may read, with its public half. */
  static KeyPair pair(Path file) {
    try {
      requirePrivate(file);
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(new PKCS8EncodedKeySpec(read(file, "PRIVATE KEY")));
      return new KeyPair(publicHalf(key), key);
    } catch (GeneralSecurityException e) {
      throw refused(file, "is no Ed25519 private key in PEM", e);
    }
  }

  static PublicKey trusted(Path file) {
    try {
      return KeyFactory.getInstance(ALGORITHM)
          .generatePublic(new X509EncodedKeySpec(read(file, "PUBLIC KEY")));
    } catch (GeneralSecurityException e) {
      throw refused(file, "is no Ed25519 public key in PEM", e);
    }
  }

  /** Java has no call for this: a key pair is made of the private key's bytes as its randomness. */
  private static PublicKey publicHalf(PrivateKey key) throws GeneralSecurityException {
    byte[] seed =
        ((EdECPrivateKey) key)
            .getBytes()
            .orElseThrow(() -> new GeneralSecurityException("the key does not show its bytes"));
    var generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(NamedParameterSpec.ED25519, new Seed(seed));
    KeyPair pair = generator.generateKeyPair();
    if (!pair.getPrivate().equals(key)) {
      throw new GeneralSecurityException("the public half cannot be found");
    }
    return pair.getPublic();
  }

  private static final class Seed extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte[] seed;

    Seed(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }

  private static byte[] read(Path file, String what) {
    try {
      String text = Files.readString(file);
      String begin = "-----BEGIN " + what + "-----";
      int from = text.indexOf(begin);
      int to = text.indexOf("-----END " + what + "-----");
      if (from < 0 || to < from) {
        throw refused(file, "holds no " + what, null);
      }
      return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    } catch (IOException | IllegalArgumentException e) {
      throw refused(file, "cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
  }

  private static void requirePrivate(Path file) {
    var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    try {
      Set<PosixFilePermission> permissions =
          view == null ? Set.of() : view.readAttributes().permissions();
      if (permissions.stream().anyMatch(p -> !p.name().startsWith("OWNER_"))) {
        throw new RubiconException(
            ErrorCode.CONFIG_INVALID,
            "signing.key: others may read " + file + ", and could sign decisions as anybody",
            "chmod 600 " + file);
      }
    } catch (IOException e) {
      throw refused(file, "cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
  }

  private static RubiconException refused(Path file, String why, Exception origin) {
    return new RubiconException(
        ErrorCode.CONFIG_INVALID,
        "signing: " + file + " " + why,
        MAKE + "; chmod 600 FILE",
        origin);
  }
}
