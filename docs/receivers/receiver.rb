# A receiver in Ruby: gem install webrick, then SAYLESS_SIGNING_KEY=whsec_… ruby receiver.rb
require "json"
require "openssl"
require "webrick"

KIND, _, TEXT = ENV.fetch("SAYLESS_SIGNING_KEY").partition("_") # whsec_… for v1, whpk_… for v1a
KEY = TEXT.unpack1("m")
SCHEME = KIND == "whpk" ? "v1a" : "v1"
# OpenSSL wants the header of an Ed25519 key before its bytes.
PUBLIC_KEY = OpenSSL::PKey.read(["302a300506032b6570032100"].pack("H*") + KEY) if SCHEME == "v1a"

def fits?(signed, signature)
  return signature.bytesize == 64 && PUBLIC_KEY.verify(nil, signature, signed) if SCHEME == "v1a"

  OpenSSL.secure_compare(OpenSSL::HMAC.digest("SHA256", KEY, signed), signature)
end

def from_sayless?(request, body)
  timestamp = request["webhook-timestamp"].to_s
  return false unless timestamp.match?(/\A[0-9]{1,12}\z/) && (Time.now.to_i - timestamp.to_i).abs <= 300

  signed = "#{request["webhook-id"]}.#{timestamp}.".b + body
  # While a secret is rotated there are several signatures, and the header may come in several lines: one that fits is enough.
  signatures = request.header["webhook-signature"].to_a.join(" ")
  signatures.scan(/(?:^|[\s,])(v1a?),([A-Za-z0-9+\/=]+)/).any? do |version, base64|
    version == SCHEME && fits?(signed, base64.unpack1("m"))
  end
end

server = WEBrick::HTTPServer.new(Port: ENV.fetch("PORT", 9000).to_i, AccessLog: [])
server.mount_proc("/") do |request, response|
  # The body exactly as it arrived: verify first, parse afterwards.
  body = request.body.to_s.b
  if from_sayless?(request, body)
    event = JSON.parse(body)
    # The same event may arrive twice: skip a webhook-id that you have seen. Store it, answer, and work afterwards.
    puts "#{request["webhook-id"]} #{event["type"]}"
    response.status = 204
  else
    response.status = 401
  end
end
trap("TERM") { server.shutdown }
server.start
