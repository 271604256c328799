// A receiver in Java 17, without packages: SAYLESS_SIGNING_KEY=whsec_… java Receiver.java
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Receiver {
    // whsec_… for v1, whpk_… for v1a
    static final String[] GIVEN = System.getenv("SAYLESS_SIGNING_KEY").split("_", 2);
    static final byte[] KEY = Base64.getDecoder().decode(GIVEN[1]);
    static final String SCHEME = GIVEN[0].equals("whpk") ? "v1a" : "v1";
    static final Pattern SIGNATURES = Pattern.compile("(?:^|[\\s,])(v1a?),([A-Za-z0-9+/=]+)");

    static boolean fits(byte[] signed, byte[] signature) throws GeneralSecurityException {
        if (SCHEME.equals("v1")) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            return MessageDigest.isEqual(mac.doFinal(signed), signature);
        }
        // Java wants the header of an Ed25519 key before its bytes.
        var encoded = new ByteArrayOutputStream();
        encoded.writeBytes(HexFormat.of().parseHex("302a300506032b6570032100"));
        encoded.writeBytes(KEY);
        var publicKey = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
        var verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(publicKey);
        verifier.update(signed);
        return verifier.verify(signature);
    }

    static boolean isFromSayless(Headers headers, byte[] body) {
        String timestamp = String.valueOf(headers.getFirst("webhook-timestamp"));
        if (!timestamp.matches("[0-9]{1,12}")) return false;
        if (Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(timestamp)) > 300) return false;
        var signed = new ByteArrayOutputStream();
        signed.writeBytes((headers.getFirst("webhook-id") + "." + timestamp + ".").getBytes());
        signed.writeBytes(body);
        // While a secret is rotated there are several signatures, and the header may come in several lines: one that fits is enough.
        var all = headers.get("webhook-signature");
        var found = SIGNATURES.matcher(String.join(" ", all == null ? List.of() : all));
        while (found.find()) {
            try {
                byte[] signature = Base64.getDecoder().decode(found.group(2));
                if (found.group(1).equals(SCHEME) && fits(signed.toByteArray(), signature)) return true;
            } catch (GeneralSecurityException | IllegalArgumentException notASignature) {
                // The next one may be.
            }
        }
        return false;
    }

    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "9000"));
        var server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            // The body exactly as it arrived: verify first, parse afterwards.
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (isFromSayless(exchange.getRequestHeaders(), body)) {
                // The same event may arrive twice: skip a webhook-id that you have seen. Store it, answer, and work afterwards.
                System.out.println(exchange.getRequestHeaders().getFirst("webhook-id") + " " + new String(body));
                exchange.sendResponseHeaders(204, -1);
            } else {
                exchange.sendResponseHeaders(401, -1);
            }
            exchange.close();
        });
        server.start();
    }
}
