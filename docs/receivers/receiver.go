// A receiver in Go, without packages: SAYLESS_SIGNING_KEY=whsec_… go run receiver.go
package main

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	kind, text, _ = strings.Cut(os.Getenv("SAYLESS_SIGNING_KEY"), "_") // whsec_… for v1, whpk_… for v1a
	key, keyError = base64.StdEncoding.DecodeString(text)
	signatures    = regexp.MustCompile(`(?:^|[\s,])(v1a?),([A-Za-z0-9+/=]+)`)
)

func fits(scheme string, signed, signature []byte) bool {
	if kind == "whpk" {
		return scheme == "v1a" && ed25519.Verify(ed25519.PublicKey(key), signed, signature)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(signed)
	return scheme == "v1" && hmac.Equal(mac.Sum(nil), signature)
}

func isFromSayless(header http.Header, body []byte) bool {
	timestamp := header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if age := time.Now().Unix() - seconds; err != nil || age > 300 || age < -300 {
		return false
	}
	signed := append([]byte(header.Get("webhook-id")+"."+timestamp+"."), body...)
	// While a secret is rotated there are several signatures, and the header may come in several lines: one that fits is enough.
	all := strings.Join(header.Values("webhook-signature"), " ")
	for _, found := range signatures.FindAllStringSubmatch(all, -1) {
		signature, err := base64.StdEncoding.DecodeString(found[2])
		if err == nil && fits(found[1], signed, signature) {
			return true
		}
	}
	return false
}

func receive(w http.ResponseWriter, r *http.Request) {
	// The body exactly as it arrived: verify first, parse afterwards.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil || !isFromSayless(r.Header, body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var event struct{ Type string }
	if err := json.Unmarshal(body, &event); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	// The same event may arrive twice: skip a webhook-id that you have seen. Store it, answer, and work afterwards.
	fmt.Println(r.Header.Get("webhook-id"), event.Type)
	w.WriteHeader(http.StatusNoContent)
}

func main() {
	if keyError != nil || len(key) < 24 {
		log.Fatal("SAYLESS_SIGNING_KEY is no signing secret and no public key")
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "9000"
	}
	log.Fatal(http.ListenAndServe(":"+port, http.HandlerFunc(receive)))
}
