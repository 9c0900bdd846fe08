#include "loaders/archive/tar_archive.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_matchers.h"

namespace loadstone {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

constexpr size_t kBlock = 512;

// A ustar header (POSIX.1-2001, pax) and the content, padded to blocks.
std::string Member(absl::string_view name, absl::string_view content) {
  std::string header(kBlock, '\0');
  header.replace(0, name.size(), name.data(), name.size());
  header.replace(124, 11, absl::StrFormat("%011o", content.size()));
  header[156] = '0';
  header.replace(257, 5, "ustar");
  header.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 7, absl::StrFormat("%06o", sum) + std::string(1, '\0'));
  std::string member = absl::StrCat(header, content);
  member.resize((member.size() + kBlock - 1) / kBlock * kBlock);
  return member;
}

std::string Tar(int members) {
  std::string tar;
  for (int i = 0; i < members; ++i) tar += Member(absl::StrCat("member", i), "x");
  return tar + std::string(2 * kBlock, '\0');
}

TEST(TarArchiveTest, MembersAreViewsOfTheBytes) {
  const std::string tar = Member("pickle", "hello") + Member("storages", std::string(600, 's'));
  ASSERT_TRUE(BeginsAsTar(tar));
  ASSERT_OK_AND_ASSIGN(const std::vector<TarMember> members, ReadTar(tar));
  ASSERT_EQ(members.size(), 2);
  EXPECT_EQ(members[0].name, "pickle");
  EXPECT_EQ(members[0].bytes, "hello");
  EXPECT_EQ(members[1].bytes, std::string(600, 's'));
}

TEST(TarArchiveTest, OneThousandMembersAreReadAndMoreResourceExhausted) {
  EXPECT_THAT(ReadTar(Tar(1000)), IsOk());
  EXPECT_THAT(ReadTar(Tar(1001)), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 1000 members")));
}

TEST(TarArchiveTest, TwoMembersOfOneNameAreDataLoss) {
  EXPECT_THAT(ReadTar(Member("a", "1") + Member("a", "2")),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("two members a")));
}

TEST(TarArchiveTest, MemberPastTheEndIsDataLoss) {
  EXPECT_THAT(ReadTar(Member("a", std::string(600, 'x')).substr(0, 2 * kBlock)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("has 600 bytes, 512 are left")));
}

}  // namespace
}  // namespace loadstone
