# Homebrew formula. `brew install --HEAD ./packaging/stillsays.rb` builds the current main;
# a release adds `url` and `sha256` of its source archive.
class Stillsays < Formula
  desc "Archives the pages an article cites and shows what they still say"
  homepage "https://github.com/stillsays/stillsays"
  license any_of: ["MIT", "Apache-2.0"]
  head "https://github.com/stillsays/stillsays.git", branch: "main"

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    system bin/"stillsays", "man", "--folder", man1
    generate_completions_from_executable(bin/"stillsays", "completions")
  end

  test do
    system bin/"stillsays", "init"
    assert_path_exists testpath/"snapshots/stillsays.db"
    system bin/"stillsays", "verify"
  end
end
